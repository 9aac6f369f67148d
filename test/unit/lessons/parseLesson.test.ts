import assert from 'node:assert/strict';
import { questionsOf, type Lesson } from '../../../src/lessons/lesson';
import { maxLessonBytes, parseLesson } from '../../../src/lessons/parseLesson';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A lesson with keys and a body in addition to the least that it needs. */
const withText = (keys = '', body = ''): string =>
  `---\ntitle: A lesson\nsample: three-steps.rnn.json\n${keys}---\n${body}`;

function lessonIn(text: string): Lesson {
  const parsed = parseLesson(bytes(text));
  assert.ok(parsed.kind === 'lesson', JSON.stringify(parsed));
  return parsed.lesson;
}

/** The problem of a file: `LINE: message`. */
function problemIn(text: string | Uint8Array): string {
  const parsed = parseLesson(typeof text === 'string' ? bytes(text) : text);
  assert.ok(parsed.kind === 'refused', 'the file is accepted');
  const { line, message } = parsed.problem;
  assert.ok(message.length < 1000, `a bounded message, not ${message.length} characters`);
  return `${line}: ${message}`;
}

const question = (...lines: readonly string[]): string => `\`\`\`question\n${lines.join('\n')}\n\`\`\`\n`;

describe('A lesson', () => {
  it('has a title, an experiment, a place, texts and questions in their order', () => {
    const body = `First.\n\n${question('ask: What is `L`?', 'answer: loss', 'tolerance: 1 %', 'cell: loss', 'show: L_0 => L[0]')}\nLast.`;
    const lesson = lessonIn(withText('variant: linear\nupdate: 2\nstep: 1\ncell: unrolled\n', body));
    assert.equal(lesson.title, 'A lesson');
    assert.deepEqual(lesson.experiment, { kind: 'sample', name: 'three-steps.rnn.json' });
    assert.deepEqual(lesson.place, { variant: 'linear', update: 2, step: 1, cell: 'unrolled' });
    assert.deepEqual(
      lesson.parts.map(({ kind }) => kind),
      ['text', 'question', 'text'],
    );
    const [asked] = questionsOf(lesson);
    assert.deepEqual(asked?.place, { variant: 'linear', update: 2, step: 1, cell: 'loss' });
    assert.ok(asked?.asked.kind === 'number');
    assert.deepEqual(asked.asked.tolerance, { kind: 'relative', size: 0.01 });
    assert.equal(asked.shown.length, 1);
  });

  it('can be about an experiment beside it, be written on Windows, and quote a value', () => {
    const text = '---\r\ntitle: "A: B"\r\nexperiment: nets/own.rnn.json\r\n---\r\nText.\r\n';
    const lesson = lessonIn(text);
    assert.equal(lesson.title, 'A: B');
    assert.deepEqual(lesson.experiment, { kind: 'file', path: 'nets/own.rnn.json' });
  });

  it('shows HTML, links and pictures as the text that they are', () => {
    const hostile = '<script>alert(1)</script> [run](command:unroll.train) ![x](https://example.org/x.png)';
    const [part] = lessonIn(withText('', hostile)).parts;
    assert.deepEqual(part, {
      kind: 'text',
      blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text: hostile }] }],
    });
  });

  it('has no control characters', () => {
    const [part] = lessonIn(withText('', 'a\u202Eb\u001Bc')).parts;
    assert.deepEqual(part, {
      kind: 'text',
      blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text: 'a\uFFFDb\uFFFDc' }] }],
    });
  });

  const hostile: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['is empty', '', /^1: A lesson begins with a line ---/],
    ['has no keys', 'Text.', /^1: A lesson begins with a line ---/],
    ['has keys without an end', '---\ntitle: x\n', /^1: The keys of this lesson have no end/],
    ['is too large', new Uint8Array(maxLessonBytes + 1), /^1: A lesson has at most 65,536 bytes; this file has 65,537/],
    ['is no text', new Uint8Array([45, 45, 45, 255, 254]), /^1: This file is no UTF-8 text/],
    ['has too many lines', withText('', '\n'.repeat(3000)), /^2001: A lesson has at most 2,000 lines/],
    [
      'has a very long line',
      withText('', 'x'.repeat(3000)),
      /^5: A line has at most 2,000 characters; this one has 3,000/,
    ],
    ['has an unknown key', withText('comand: x\n'), /^4: There is no key "comand"/],
    ['has a key that is misspelled', withText('updat: 1\n'), /^4: There is no key "updat"\. Did you mean "update"\?/],
    ['has a key twice', withText('title: x\n'), /^4: title is here twice/],
    ['has a line that is no key', withText('just text\n'), /^4: Write one "key: value" in a line/],
    ['has a key of an object', withText('constructor: x\n'), /^4: There is no key "constructor"/],
    ['has no title', '---\nsample: a.rnn.json\n---\n', /^1: title is missing/],
    ['has an empty title', '---\ntitle:\nsample: a.rnn.json\n---\n', /^2: title has no value/],
    ['has a long title', `---\ntitle: ${'x'.repeat(101)}\nsample: a.rnn.json\n---\n`, /^2: title has 101 characters/],
    ['has no experiment', '---\ntitle: x\n---\n', /either a sample.* or an experiment.*has neither/],
    ['has two experiments', withText('experiment: a.rnn.json\n'), /^4: .*has both/],
    ['names a sample by a path', '---\ntitle: x\nsample: ../a.rnn.json\n---\n', /^3: sample is "\.\.\/a\.rnn\.json"/],
    ['names a file elsewhere', '---\ntitle: x\nexperiment: /etc/a.rnn.json\n---\n', /^3: experiment is "\/etc/],
    ['names an address', '---\ntitle: x\nexperiment: https://a/b.rnn.json\n---\n', /^3: experiment is "https/],
    ['names another kind of file', '---\ntitle: x\nexperiment: a.json\n---\n', /^3: experiment is "a\.json"/],
    ['has a negative update', withText('update: -1\n'), /^4: update is "-1"\. Write a whole number/],
    ['has an immense update', withText('update: 99999999999\n'), /^4: update is "99999999999"/],
    ['has an unknown cell', withText('cell: unroled\n'), /^4: There is no cell "unroled"\. Did you mean "unrolled"\?/],
    ['has a block without an end', withText('', '```\nx'), /^5: This block has no end/],
    ['has a question without an end', withText('', '```question\nask: x'), /^5: This block has no end/],
    ['has a question that asks nothing', withText('', question('answer: loss')), /^5: ask is missing/],
    ['has a question without an answer', withText('', question('ask: x')), /^5: A question has either one answer/],
    ['has one choice', withText('', question('ask: x', 'choice: a => loss > 1')), /^5: A question has either/],
    [
      'has a choice without a condition',
      withText('', question('ask: x', 'choice: a', 'choice: b')),
      /^7: choice is "a"/,
    ],
    [
      'has too many choices',
      withText('', question('ask: x', ...Array<string>(7).fill('choice: a => loss > 1'))),
      /^13: There can be at most 6/,
    ],
    [
      'has an unknown quantity',
      withText('', question('ask: x', 'answer: los')),
      /^7: There is no quantity "los"\. Did you mean "loss"\?/,
    ],
    [
      'has an unknown function',
      withText('', question('ask: x', 'answer: eval(loss)')),
      /^7: There is no function "eval"/,
    ],
    [
      'names a property of every object',
      withText('', question('ask: x', 'answer: constructor')),
      /^7: There is no quantity "constructor"/,
    ],
    [
      'has code for an answer',
      withText('', question('ask: x', 'answer: process.exit(1)')),
      /^7: The expression .* can't be read at "\.exit/,
    ],
    [
      'has a tolerance above 100 %',
      withText('', question('ask: x', 'answer: loss', 'tolerance: 200 %')),
      /^8: tolerance is "200 %"/,
    ],
    [
      'has a tolerance for choices',
      withText('', question('ask: x', 'choice: a => loss > 1', 'choice: b => loss <= 1', 'tolerance: 1')),
      /^9: Choices have no tolerance/,
    ],
    [
      'has too many questions',
      withText('', question('ask: x', 'answer: loss').repeat(31)),
      /^125: A lesson has at most 30 questions/,
    ],
  ];
  for (const [what, text, problem] of hostile) {
    it(`is refused with one message at its line if it ${what}`, () => {
      assert.match(problemIn(text), problem);
    });
  }

  it('is read in time that grows with its size, whatever is in it', () => {
    for (const line of ['**a', '`', '*', '# #', '- ', '1. ', '```a']) {
      const body = `${line.repeat(Math.floor(1900 / line.length))}\n`.repeat(30);
      parseLesson(bytes(withText('', body)));
    }
  });
});
