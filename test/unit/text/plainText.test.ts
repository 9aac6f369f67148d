import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainText, singleLine, withoutControls } from '../../../src/text/plainText';

/** As VS Code finds links in its notifications (parseLinkedText) and icons in its labels (renderLabelWithIcons). */
const links = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;
const icons = /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g;
const bidirectional = [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];

describe('Plain text', () => {
  it('has no link that VS Code would follow', () => {
    for (const text of [
      '[Repair this path](command:workbench.action.terminal.new?%7B%7D)',
      '[a](https://example.com "title")',
      '[a](file:///etc/passwd)',
      '[[a]](command:x)',
      '[a]]((command:x)',
      '[a](COMMAND:x)[b](command:y)',
      '[a]\u202E(command:x)',
      '[a]\r(command:x)',
      '[a]\n(command:x)',
    ]) {
      // VS Code replaces the line breaks of a notification with spaces before it parses links.
      const shown = plainText(text).replace(/(\r\n|\n|\r)/gm, ' ');
      assert.deepEqual(shown.match(links), null, shown);
    }
    assert.equal(plainText('"[a](command:x)"'), '"[a] (command:x)"');
  });

  it('has no icon', () => {
    for (const text of ['$(flame)', '\\$(flame)', '$$(sync~spin)', '$(a)$(b)', '$\u0000(flame)']) {
      assert.deepEqual(plainText(text).match(icons), null, text);
    }
    assert.equal(plainText('costs $(flame)'), 'costs $ (flame)');
  });

  it('replaces control characters', () => {
    assert.equal(plainText('red \u001B[31m, \u009B31m, bell \u0007, back \b\r'), 'red �[31m, �31m, bell �, back ��');
    for (const control of bidirectional) assert.equal(plainText(`a${String.fromCodePoint(control)}b`), 'a�b');
  });

  it('keeps everything else, including line breaks and tabs', () => {
    const text = 'f(x) = [1, 2] (all), 5 $, ./a-b_c.csv\n\tΔ می\u200Cخواهم 👩\u200D🔬 עברית';
    assert.equal(plainText(text), text);
    assert.equal(plainText('one\r\ntwo'), 'one\ntwo');
  });

  it('is idempotent for any text', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('[', ']', '(', ')', '$', '\r', '\n', '\u001B', '\u202E', 'command:', 'a', ' '),
    });
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (text) => {
        const plain = plainText(text);
        assert.equal(plainText(plain), plain);
        assert.doesNotMatch(plain, /\]\(|\$\(|[^\P{Cc}\n\t]|\p{Bidi_Control}/u);
      }),
    );
  });

  it('is one line in a terminal', () => {
    assert.equal(singleLine('a\r\nb\nc\u2028d\te\u001B[2K'), 'a b c d e�[2K');
  });

  it('can have another replacement for controls', () => {
    assert.equal(withoutControls('a\u202Eb\u0000c\n', ' '), 'a b c\n');
  });
});
