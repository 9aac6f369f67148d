import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import type { Recording } from '../../../src/protocol/recording';
import {
  byteLength,
  embeddedScript,
  embeddedStyle,
  escapeHtml,
  htmlFile,
  readPageFiles,
} from '../../../src/share/htmlFile';

const hostile = `</title></script><script>alert(1)</script><!-- <img src=x onerror="alert(2)"> ' & "`;
const files = {
  script: 'const page = "</script><!--<script>";\r\n//# sourceMappingURL=main.js.map',
  style: 'main::before { content: "</style>" }\n/*# sourceMappingURL=main.css.map */',
  hostScript: 'const host = `</SCRIPT>`;',
  hostStyle: ':root { --a: 1 }',
};
const recording = { notes: hostile, values: new Float64Array(3) } as unknown as Recording;
const content = { kind: 'run', title: hostile, recording } as const;

describe('An HTML file', () => {
  it('has no markup from what it shows: neither in its title nor in its data', async () => {
    const html = await htmlFile(content, files);
    assert.ok(html.includes(`<title>${escapeHtml(hostile)}</title>`));
    assert.doesNotMatch(html.replace(escapeHtml(hostile), ''), /alert/);
    assert.equal(html.match(/<script/gi)?.length, 3);
    assert.equal(html.match(/<\/script/gi)?.length, 3);
    assert.equal(html.match(/<!--/g), null);
    assert.equal(html.match(/<\/style/gi)?.length, 1);
    assert.match(html, /<script type="application\/octet-stream" id="recording">[A-Za-z0-9+/=]+<\/script>/);
  });

  it('allows exactly its own scripts, and no request', async () => {
    const html = await htmlFile(content, files);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, script = '']) => script);
    const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    assert.equal(hashes.length, 2);
    assert.ok(policy.includes(`script-src ${hashes.join(' ')};`), policy);
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /connect-src|https?:|unsafe|\*/);
    assert.doesNotMatch(html.replace(escapeHtml(hostile), ''), /(?:src|href)=/);
    assert.doesNotMatch(html, /sourceMappingURL/);
  });

  it('says its size in bytes, not in letters', async () => {
    const html = await htmlFile({ ...content, title: 'ŷ' }, files);
    assert.equal(byteLength(html), Buffer.byteLength(html));
    assert.ok(byteLength(html) > html.length);
  });

  it('keeps the meaning of a script and of a style sheet', () => {
    for (const text of ['</script>', '<!-- x', '<script>', '<SCRIPT', 'a < b']) {
      const written = embeddedScript(`(${JSON.stringify(text)})`);
      assert.doesNotMatch(written, /<!--|<\/?script/i);
      assert.equal(new Script(written).runInNewContext(), text);
    }
    assert.equal(embeddedStyle('a { content: "</style>" }'), 'a { content: "<\\/style>" }');
  });

  it('has the built page, whose scripts stay scripts', async () => {
    const built = await readPageFiles((name) => Promise.resolve(readFileSync(`dist/webview/${name}`, 'utf8')));
    for (const script of [built.script, built.hostScript]) {
      // A parser of HTML would replace it, and the hash would be another one.
      assert.ok(!script.includes('\0'));
      assert.doesNotThrow(() => new Script(embeddedScript(script)));
      // What a template means is not always what its text is.
      assert.doesNotMatch(script, /String\.raw`[^`]*<(?:!--|\/?script)/i);
    }
    assert.doesNotMatch(built.style, /url\((?!["']?data:)|@import/);
  });
});
