import { getLocation } from 'jsonc-parser';
import type { KeyPath } from '../problems/problem';

/** The value at a position in an experiment that may be incomplete. */
export interface CursorPlace {
  /** The variant whose key it is; undefined for the experiment itself. */
  readonly variant: string | undefined;
  /** From the root of the experiment or of the variant. */
  readonly keyPath: KeyPath;
  /** Range of the string at the position, with its quotes; of length 0 where there is none. */
  readonly offset: number;
  readonly length: number;
}

/** The value at an offset; undefined at a key, and where brackets are nested too deep for the parser. */
export function placeAtCursor(text: string, offset: number): CursorPlace | undefined {
  try {
    const { path, isAtPropertyKey, previousNode } = getLocation(text, offset);
    if (isAtPropertyKey) return undefined;
    const [first, name] = path;
    const isVariant = first === 'variants' && typeof name === 'string';
    const isInside =
      previousNode?.type === 'string' &&
      previousNode.offset <= offset &&
      offset <= previousNode.offset + previousNode.length;
    return {
      variant: isVariant ? name : undefined,
      keyPath: isVariant ? path.slice(2) : path,
      offset: isInside ? previousNode.offset : offset,
      length: isInside ? previousNode.length : 0,
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
