import type { KeyPath } from '../document/keyPath';

/** A value that is written into an experiment file. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One change of an experiment file. */
export type Change =
  /** Writes a value; the key, and the objects that enclose it, are added where they are missing. */
  | { readonly kind: 'set'; readonly keyPath: KeyPath; readonly value: JsonValue }
  | { readonly kind: 'remove'; readonly keyPath: KeyPath }
  /** Gives a key another name in the same object. */
  | { readonly kind: 'rename'; readonly keyPath: KeyPath; readonly name: string }
  /** Moves a key with its value to another object. */
  | { readonly kind: 'move'; readonly keyPath: KeyPath; readonly to: KeyPath }
  /** Replaces characters of a text whose syntax is invalid. */
  | { readonly kind: 'replace'; readonly offset: number; readonly length: number; readonly text: string };

/** Changes of an experiment file that clear a problem. */
export interface Fix {
  /** What it does, in the imperative. */
  readonly title: string;
  readonly changes: readonly Change[];
}

/** The fix for a variant, whose keys are under its name; a key that the variant doesn't have can't be renamed or moved. */
export function fixInVariant(
  { title, changes }: Fix,
  variant: string,
  has: (keyPath: KeyPath) => boolean,
): Fix | undefined {
  const moved: Change[] = [];
  for (const change of changes) {
    if (change.kind === 'replace') return undefined;
    if (change.kind !== 'set' && !has(change.keyPath)) return undefined;
    const keyPath = ['variants', variant, ...change.keyPath];
    moved.push(
      change.kind === 'move' ? { ...change, keyPath, to: ['variants', variant, ...change.to] } : { ...change, keyPath },
    );
  }
  return { title, changes: moved };
}
