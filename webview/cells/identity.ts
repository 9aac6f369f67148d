const identities = new WeakMap<object, number>();
let next = 1;

/** A text that is equal for equal values and for the same object: what a drawing depends on, in one key. */
export function dependencyKey(...values: readonly unknown[]): string {
  return values.map(keyOf).join('|');
}

function keyOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(keyOf).join(':');
  if (typeof value !== 'object' || value === null) return String(value);
  const known = identities.get(value) ?? next++;
  identities.set(value, known);
  return `#${known}`;
}
