import assert from 'node:assert/strict';
import { escapeName, quote, quoteAll, truncate } from '../../../src/text/quoting';

describe('A name in a message', () => {
  it('is quoted as in JSON', () => {
    assert.equal(quote('lr "fast"\n'), String.raw`"lr \"fast\"\n"`);
  });

  it('can be escaped without quotes', () => {
    assert.equal(escapeName('a.weight'), 'a.weight');
    assert.equal(escapeName('a\nb"'.padEnd(70, 'x')), String.raw`a\nb\"`.concat('x'.repeat(56), '…'));
  });

  it('is truncated between characters if it is long', () => {
    assert.equal(truncate('x'.repeat(60)), 'x'.repeat(60));
    assert.equal(truncate('x'.repeat(61)), `${'x'.repeat(60)}…`);
    assert.equal(truncate(`${'x'.repeat(59)}😀`), `${'x'.repeat(59)}…`);
  });

  it('is one of at most 20', () => {
    const names = Array.from({ length: 21 }, (_, index) => String(index));
    assert.equal(quoteAll(['a', 'b']), '"a", "b"');
    assert.match(quoteAll(names), /^"0", .*"19" and 1 other$/);
    assert.match(quoteAll([...names, '21']), /"19" and 2 others$/);
  });

  it('is one of fewer if they are long', () => {
    const long = Array.from({ length: 5000 }, (_, index) => `${index}`.padEnd(100, 'x'));
    assert.match(quoteAll(long), / and 4,994 others$/);
    assert.ok(quoteAll(long).length < 500);
  });
});
