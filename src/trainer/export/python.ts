/** A value as Python writes it. */
export type Constant = number | string | boolean | null | readonly Constant[];

/** Definitions in Python, two empty lines apart. */
export function joined(parts: readonly string[]): string {
  return parts.map((part) => part.trim()).join('\n\n\n');
}

/** A name as text inside a docstring or a heading. */
export function plainTitle(name: string): string {
  return name.replaceAll('\\', '/').replaceAll('"', "'");
}

/** An assignment for each constant. */
export function constantLines(constants: Readonly<Record<string, Constant>>): string {
  return Object.entries(constants)
    .map(([name, value]) => `${name} = ${python(value)}`)
    .join('\n');
}

/** A value in Python's notation. */
export function python(value: Constant): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `float("${value}")`;
  // JSON's strings are Python's, but for surrogates that are no character.
  if (typeof value === 'string') return JSON.stringify(value);
  return `[${value.map(python).join(', ')}]`;
}

/** Replaces each @NAME@; throws Error for one that has no value. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/@([A-Z]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`No value for @${name}@.`);
    return value;
  });
}

/** A call with a first argument as it is, and options by name. */
export function callOf(name: string, first: string, options: Readonly<Record<string, Constant>>): string {
  const words = Object.entries(options).map(([key, value]) => `${key}=${python(value)}`);
  return `${name}(${[first, ...words].join(', ')})`;
}
