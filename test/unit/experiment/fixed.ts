import { changeOf } from '../../../src/experiment/problems/applyFix';
import type { Fix } from '../../../src/experiment/problems/fix';

/** The text after a fix; undefined if it doesn't apply. */
export function fixed(text: string, fix: Fix): string | undefined {
  const change = changeOf(text, fix);
  return change && text.slice(0, change.offset) + change.text + text.slice(change.offset + change.length);
}
