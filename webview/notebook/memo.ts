const identities = new WeakMap<object, number>();
let next = 1;

/** A text that is equal for equal values and for the same object: what a drawing depends on, in one key. */
export function memoKey(...values: readonly unknown[]): string {
  return values.map(keyOf).join('|');
}

/** Keeps what was made last for as long as it depends on the same. */
export class Memo<Value> {
  #made: { readonly key: string; readonly value: Value } | undefined;

  /** @param key see dependencyKey */
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
