import { translate } from './translate';

/** A change of a key: its new value, or its removal. */
type KeyChange =
  | { readonly kind: 'set'; readonly keyPath: readonly string[]; readonly value: unknown }
  | { readonly kind: 'remove'; readonly keyPath: readonly string[] };

/** A remedy as something to try: Try with clip.norm 1. */
export function formatTrial(remedy: readonly KeyChange[]): string {
  return translate`Try ${remedy.map(formatTried).join(translate` and `)}`;
}

/** A key by its last part, unless its value is an object: then the keys in it are named. */
function formatTried(change: KeyChange): string {
  const key = change.keyPath.at(-1) ?? '';
  if (change.kind === 'remove') return translate`without ${key}`;
  const { value } = change;
  if (typeof value !== 'object' || value === null) return translate`with ${key} ${formatValue(value)}`;
  const inner = Object.entries(value).map(([name, each]) => `${key}.${name} ${formatValue(each)}`);
  return translate`with ${inner.join(', ')}`;
}

function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a remedy does, in the imperative: Set optimizer.learningRate to 0.001. */
export function formatRemedy(remedy: readonly KeyChange[]): string {
  const parts = remedy.map((change) => {
    const key = change.keyPath.join('.');
    return change.kind === 'remove'
      ? translate`remove ${key}`
      : translate`set ${key} to ${JSON.stringify(change.value)}`;
  });
  const [first = '', ...others] = parts;
  return [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...others].join(translate` and `);
}
