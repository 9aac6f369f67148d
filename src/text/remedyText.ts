/** A change of a key: its new value, or its removal. */
type KeyChange =
  | { readonly kind: 'set'; readonly keyPath: readonly string[]; readonly value: unknown }
  | { readonly kind: 'remove'; readonly keyPath: readonly string[] };

/** What a remedy does, in the imperative: Set optimizer.learningRate to 0.001. */
export function formatRemedy(remedy: readonly KeyChange[]): string {
  const parts = remedy.map((change) => {
    const key = change.keyPath.join('.');
    return change.kind === 'remove' ? `remove ${key}` : `set ${key} to ${JSON.stringify(change.value)}`;
  });
  const [first = '', ...others] = parts;
  return [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...others].join(' and ');
}
