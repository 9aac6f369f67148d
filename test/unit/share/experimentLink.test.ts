import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { linkedView, maxLinkLength, readLinkQuery, writeLinkQuery } from '../../../src/share/experimentLink';

const query = (content: unknown, version = '1'): string =>
  `v=${version}&e=${deflateRawSync(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url')}`;

describe('A link to an experiment', () => {
  it('recreates the text, the variant, the seed and the view', async () => {
    const linked = {
      text: '{\n  // ŷ "quoted"\n  "name": "A & B"\n}',
      variant: 'no <clipping>',
      seed: 3,
      view: { selection: { update: 7, t: 2 }, folded: ['Loss'], range: [0, 9] as [number, number] },
    };
    assert.deepEqual(await readLinkQuery(await writeLinkQuery(linked)), linked);
    assert.match(await writeLinkQuery(linked), /^v=1&e=[\w-]+$/);
  });

  it('is read as it was written, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 2, maxLength: 300 }), async (text) => {
        assert.equal((await readLinkQuery(await writeLinkQuery({ text }))).text, text);
      }),
    );
  });

  it('keeps of a view where the person looks, and leaves out the rest and what does not fit', () => {
    const view = {
      selection: { update: 5 },
      layer: -1,
      parameter: 'x'.repeat(200),
      prompt: 'typed',
      horizons: { folder: '/home/someone' },
      quantity: 'dh',
      unknown: 1,
    };
    assert.deepEqual(linkedView(view), { selection: { update: 5 }, quantity: 'dh' });
  });

  it('is refused where it holds more than is decompressed', async () => {
    const bomb = query(JSON.stringify({ text: ' '.repeat(8_000_000) }));
    assert.ok(bomb.length < 12_000);
    await assert.rejects(readLinkQuery(bomb), /too long|damaged/);
    const shortBomb = query(JSON.stringify({ text: ' '.repeat(1_000_000) }));
    assert.ok(shortBomb.length < maxLinkLength);
    await assert.rejects(readLinkQuery(shortBomb), /^Error: The link is damaged, or was not made by Unroll\.$/);
  });

  it('is refused with a sentence where it is anything else', async () => {
    const good = await writeLinkQuery({ text: '{}' });
    const refused: readonly (readonly [string, RegExp])[] = [
      ['', /incomplete/],
      [good.slice(0, 6), /incomplete/],
      [`${good}&x=1`, /incomplete/],
      [`x=1&${good}`, /incomplete/],
      [`${good}%00`, /incomplete/],
      [good.slice(0, -3), /damaged/],
      [query({ text: '{}' }, '2'), /another version/],
      ['v=1&e=AAAA', /damaged/],
      [query('not json'), /damaged/],
      [query('null'), /damaged/],
      [query([]), /damaged/],
      [query({ text: 5 }), /damaged/],
      [query({ text: '{}', path: '/etc/passwd' }), /damaged/],
      [query('{"text":"{}","__proto__":{"view":1},"x":1}'), /damaged/],
      [query({ text: '{}', seed: 1.5 }), /damaged/],
      [query({ text: '{}', view: { selection: { update: -1 } } }), /damaged/],
      [query({ text: '{}', view: { folded: new Array(100).fill('a') } }), /damaged/],
      [query({ text: '{}', view: { prompt: 'x' } }), /damaged/],
      [`v=1&e=${'A'.repeat(maxLinkLength)}`, /too long/],
    ];
    for (const [hostile, message] of refused)
      await assert.rejects(readLinkQuery(hostile), message, hostile.slice(0, 80));
  });

  it('never fails otherwise, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        try {
          await readLinkQuery(`v=1&e=${Buffer.from(bytes).toString('base64url')}`);
        } catch (error) {
          assert.match(String(error), /^Error: The link is /);
        }
      }),
    );
  });
});
