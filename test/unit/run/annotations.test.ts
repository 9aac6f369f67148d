import assert from 'node:assert/strict';
import {
  isEmpty,
  maxTagLength,
  maxTags,
  noAnnotations,
  problemOfTags,
  readAnnotations,
  tagsOf,
  writeAnnotations,
} from '../../../src/run/annotations';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('The annotations of a run', () => {
  it('are read as they were written', () => {
    const annotations = { tags: ['baseline', 'of the paper'], note: 'tried twice', isHidden: true };
    assert.deepEqual(readAnnotations(writeAnnotations(annotations)), annotations);
    assert.equal(isEmpty(annotations), false);
  });

  it('are empty without a file, and unknown where the file holds something else', () => {
    assert.deepEqual(readAnnotations(undefined), noAnnotations);
    assert.ok(isEmpty(noAnnotations));
    for (const text of ['', '[]', 'null', '{"tags":"a"}', '{"note":3}', '{']) {
      assert.equal(readAnnotations(bytes(text)), undefined, text);
    }
  });

  it('have tags once each, bounded, and without characters that reorder or break a line', () => {
    assert.deepEqual(tagsOf(' a, b ,,a,c\n'), ['a', 'b', 'c']);
    assert.deepEqual(tagsOf('x\u202Ey'), ['x y']);
    const many = Array.from({ length: 2 * maxTags }, (_, i) => `tag ${i}`);
    assert.equal(tagsOf(many.join(',')).length, maxTags);
    const hostile = { tags: [`${'x'.repeat(1000)},y`], note: `a\u0007b${'c'.repeat(10_000)}` };
    const read = readAnnotations(bytes(JSON.stringify(hostile)));
    assert.equal(read?.tags[0]?.length, maxTagLength);
    assert.equal(read?.note.length, 2000);
    assert.ok(read?.note.startsWith('a bccc'));
  });

  it('are refused with what is wrong while they are typed', () => {
    assert.equal(problemOfTags('a, b'), undefined);
    assert.match(problemOfTags('x'.repeat(maxTagLength + 1)) ?? '', /at most 40 characters; this one has 41/);
    const many = Array.from({ length: maxTags + 1 }, (_, i) => `tag ${i}`);
    assert.match(problemOfTags(many.join(',')) ?? '', /at most 20 tags; these are 21/);
  });

  it('are refused where a run would lose one that it has besides', () => {
    const typed = Array.from({ length: maxTags - 1 }, (_, i) => `tag ${i}`).join(',');
    assert.equal(problemOfTags(typed, [['own'], [], ['tag 1', 'own']]), undefined);
    assert.match(problemOfTags(typed, [[], ['own', 'other', 'tag 1']]) ?? '', /at most 20 tags; .* would have 21/);
  });
});
