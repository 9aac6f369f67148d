import assert from 'node:assert/strict';
import { escapeXml, writeJunit } from '../../../src/trainer/headless/junit';

describe('A report in the XML of JUnit', () => {
  it('has a suite for each run with its counts, and a case for each check', () => {
    const xml = writeJunit([
      {
        name: 'a.rnn.json: expectations',
        file: '/w/a.rnn.json',
        seconds: 1.25,
        cases: [
          { name: 'loss below 1', result: 'passed', message: 'The loss is 0.5.', line: 3 },
          { name: 'accuracy at least 1', result: 'failed', message: 'The accuracy is 0.5.', line: 4 },
          { name: 'x', result: 'error', message: 'stopped' },
        ],
      },
      {
        name: 'a.rnn.json: gradient checks',
        file: '/w/a.rnn.json',
        seconds: 0.5,
        cases: [{ name: 'head.bias', result: 'skipped', message: 'too small' }],
      },
    ]);
    assert.equal(
      xml,
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="unroll" tests="4" failures="1" errors="1" skipped="1" time="1.750">',
        '  <testsuite name="a.rnn.json: expectations" file="/w/a.rnn.json" tests="3" failures="1" errors="1" skipped="0" time="1.250">',
        '    <testcase classname="a.rnn.json: expectations" name="loss below 1" file="/w/a.rnn.json" line="3">',
        '      <system-out>The loss is 0.5.</system-out>',
        '    </testcase>',
        '    <testcase classname="a.rnn.json: expectations" name="accuracy at least 1" file="/w/a.rnn.json" line="4">',
        '      <failure message="The accuracy is 0.5.">The accuracy is 0.5.</failure>',
        '    </testcase>',
        '    <testcase classname="a.rnn.json: expectations" name="x">',
        '      <error message="stopped">stopped</error>',
        '    </testcase>',
        '  </testsuite>',
        '  <testsuite name="a.rnn.json: gradient checks" file="/w/a.rnn.json" tests="1" failures="0" errors="0" skipped="1" time="0.500">',
        '    <testcase classname="a.rnn.json: gradient checks" name="head.bias">',
        '      <skipped message="too small"/>',
        '    </testcase>',
        '  </testsuite>',
        '</testsuites>',
        '',
      ].join('\n'),
    );
  });

  it('contains any text as text: markup is escaped, and what XML has no character for is replaced', () => {
    assert.equal(escapeXml(`<a b="c">&'`), '&lt;a b=&quot;c&quot;&gt;&amp;&apos;');
    assert.equal(escapeXml('a\tb\nc\rd'), 'a&#9;b&#10;c&#13;d');
    assert.equal(escapeXml(']]>'), ']]&gt;');
    // XML 1.0, section 2.2: #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]
    assert.equal(escapeXml('\u0000\u0008\u000B\u001B\uD800\uFFFE\uFFFF'), '\uFFFD'.repeat(7));
    assert.equal(escapeXml('∂L/∂h₀ \u007F\uE000\u{10FFFF}😀'), '∂L/∂h₀ \u007F\uE000\u{10FFFF}😀');
  });
});
