const identities = new WeakMap<object, number>();
let next = 1;

/** A string that is equal for equal values and for identical objects: the dependencies of a drawing as one key. */
export function memoKey(...values: readonly unknown[]): string {
  return values.map(keyOf).join('|');
}

/** Caches the last value for as long as its key stays the same. */
export class Memo<Value> {
  #made: { readonly key: string; readonly value: Value } | undefined;

  /** @param key see memoKey */
  of(key: string, make: () => Value): Value {
    if (this.#made?.key !== key) this.#made = { key, value: make() };
    return this.#made.value;
  }
}

function keyOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(keyOf).join(':');
  if (typeof value !== 'object' || value === null) return String(value);
  const known = identities.get(value) ?? next++;
  identities.set(value, known);
  return `#${known}`;
}
