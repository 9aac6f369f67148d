import { isObject, valueAt, type JsonObject } from '../document/document';
import type { Change, JsonValue } from './fix';
import type { KeyPath } from './problem';
import { english } from '../../text/translate';

/** A change of a key's value, as a remedy names it: in the experiment, wherever the file writes the key. */
export type KeyChange = Extract<Change, { kind: 'set' | 'remove' }>;

/** The changes of a file itself: a key that it doesn't have needn't be removed. */
export function changesOfFile(file: JsonObject, changes: readonly KeyChange[]): readonly KeyChange[] {
  return changes.filter(({ kind, keyPath }) => kind === 'set' || valueAt(file, keyPath) !== undefined);
}

/**
 * The changes of a variant that have the effect of changes of the merged experiment: what it inherits is deleted by null.
 *
 * @param file without its variants
 */
export function changesOfVariant(
  file: JsonObject,
  name: string,
  patch: JsonObject,
  changes: readonly KeyChange[],
): readonly KeyChange[] {
  return changes.flatMap((change): readonly KeyChange[] => {
    const keyPath = ['variants', name, ...change.keyPath];
    const inherited = valueAt(file, change.keyPath);
    if (change.kind === 'set') return [{ kind: 'set', keyPath, value: overInherited(inherited, change.value) }];
    if (inherited !== undefined) return [{ kind: 'set', keyPath, value: null }];
    return valueAt(patch, change.keyPath) === undefined ? [] : [{ kind: 'remove', keyPath }];
  });
}

/** A value as a patch over an inherited one: keys of an object that it doesn't have are deleted. */
function overInherited(inherited: unknown, value: JsonValue): JsonValue {
  if (!isObject(value) || !isObject(inherited)) return value;
  const deleted = Object.keys(inherited).filter((key) => !Object.hasOwn(value, key));
  return { ...Object.fromEntries(deleted.map((key) => [key, null])), ...(value as Record<string, JsonValue>) };
}

/** A patch that also makes these changes. */
export function patchWith(file: JsonObject, patch: JsonObject, changes: readonly KeyChange[]): JsonObject {
  let result = patch;
  for (const change of changesOfVariant(file, '', patch, changes)) {
    const keyPath = change.keyPath.slice(2);
    const value = change.kind === 'set' ? change.value : undefined;
    result = withValueAt(result, keyPath, value);
  }
  return result;
}

/** An object with a value at a path; undefined removes the key. */
function withValueAt(object: JsonObject, [key, ...rest]: KeyPath, value: unknown): JsonObject {
  const name = String(key);
  const inner = object[name];
  const next = rest.length === 0 ? value : withValueAt(isObject(inner) ? inner : {}, rest, value);
  const others = Object.entries(object).filter(([other]) => other !== name);
  return next === undefined ? Object.fromEntries(others) : { ...object, [name]: next };
}

/** A name for a variant with these changes, such as `learningRate 0.001`; numbered if it is taken. */
export function nameOfVariant(changes: readonly KeyChange[], taken: ReadonlySet<string>): string {
  const parts = changes.flatMap((change) => {
    const key = String(change.keyPath.at(-1));
    if (change.kind === 'remove') return [english`no ${key}`];
    const { value } = change;
    const written = (one: unknown): string => (typeof one === 'string' ? one : JSON.stringify(one));
    return isObject(value)
      ? Object.entries(value).map(([inner, one]) => `${key} ${inner} ${written(one)}`)
      : [`${key} ${written(value)}`];
  });
  const name = parts.join(', ').slice(0, 80);
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
  return free;
}
