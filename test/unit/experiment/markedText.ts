import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/experiment/parse';
import type { Problem } from '../../../src/experiment/problems/problem';

/** A text in which «…» marks where a problem is expected, and the same text without the marks. */
export interface MarkedText {
  readonly text: string;
  readonly places: readonly { readonly offset: number; readonly length: number }[];
}

/** Removes the marks «…» from a text. */
export function unmarked(marked: string): MarkedText {
  const places: { offset: number; length: number }[] = [];
  let text = '';
  for (const piece of marked.split(/([«»])/)) {
    const last = places.at(-1);
    if (piece === '«') places.push({ offset: text.length, length: -1 });
    else if (piece === '»' && last) last.length = text.length - last.offset;
    else text += piece;
  }
  return { text, places };
}

/** The problems of a text; fails if it is a valid experiment. */
export function refusalsOf(text: string): readonly Problem[] {
  const parsed = parseExperiment(text);
  assert.ok(parsed.kind === 'refused', 'the experiment was accepted');
  return parsed.problems;
}

/** Asserts that a marked text is refused at exactly its marks, with these codes and messages that match. */
export function assertRefused(
  marked: string,
  ...expected: readonly (readonly [code: string, message: RegExp])[]
): void {
  const { text, places } = unmarked(marked);
  const problems = refusalsOf(text);
  assert.deepEqual(
    problems.map(({ code, place }) => ({ code, offset: place.offset, length: place.length })),
    expected.map(([code], index) => ({ code, ...places[index] })),
    problems.map(({ message }) => message).join('\n'),
  );
  for (const [index, [, message]] of expected.entries()) assert.match(problems[index]?.message ?? '', message);
  for (const { place } of problems) {
    const before = text.slice(0, place.offset).split('\n');
    assert.equal(place.line, before.length);
    assert.equal(place.column, (before.at(-1)?.length ?? 0) + 1);
  }
}
