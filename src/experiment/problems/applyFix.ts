import type { Node } from 'jsonc-parser';
import type { Change, Fix, JsonValue } from './fix';
import { EditableJson, jsonSource, type TextChange } from '../document/jsonEdit';
import type { KeyPath } from './problem';

/**
 * The change of a text that a fix makes: the shortest range that contains all that differs. Undefined where the fix
 * doesn't apply to the text, such as a key that is already there.
 */
export function changeOf(text: string, { changes }: Fix): TextChange | undefined {
  let changed: string | undefined = text;
  for (const change of changes) changed = changed === undefined ? undefined : withChange(changed, change);
  return changed === undefined || changed === text ? undefined : difference(text, changed);
}

function withChange(text: string, change: Change): string | undefined {
  switch (change.kind) {
    case 'set':
      return withValue(new EditableJson(text), change.keyPath, change.value);
    case 'remove':
      return withoutKey(new EditableJson(text), change.keyPath);
    case 'rename':
      return withName(new EditableJson(text), change.keyPath, change.name);
    case 'move':
      return withMovedKey(new EditableJson(text), change.keyPath, change.to);
    case 'replace':
      return text.slice(0, change.offset) + change.text + text.slice(change.offset + change.length);
    default:
      return change satisfies never;
  }
}

function withValue(json: EditableJson, path: KeyPath, value: JsonValue): string | undefined {
  const node = json.find(path);
  if (node === undefined) return withSource(json, path, jsonSource(value));
  if (node.type === 'array' && Array.isArray(value)) return withElements(json, node, value as readonly JsonValue[]);
  return json.replace(node, jsonSource(value));
}

/** Changes only the elements of a list that differ, where one was replaced, added at the end or removed. */
function withElements(json: EditableJson, list: Node, values: readonly JsonValue[]): string {
  const elements = list.children ?? [];
  const isSame = (node: Node | undefined, value: JsonValue | undefined): boolean =>
    node !== undefined && value !== undefined && node.value === value;
  const first = elements.findIndex((element, index) => !isSame(element, values[index]));
  const differing = first < 0 ? undefined : elements[first];
  if (differing !== undefined && elements.slice(first + 1).every((element, n) => isSame(element, values[first + n]))) {
    if (values.length === elements.length - 1) return json.remove(differing);
  }
  const rest = elements.slice(first + 1).every((element, n) => isSame(element, values[first + 1 + n]));
  if (differing !== undefined && rest && values.length === elements.length) {
    return json.replace(differing, jsonSource(values[first] ?? null));
  }
  return json.replace(list, jsonSource(values));
}

/** The text with a key that it doesn't have; undefined if something that is no object encloses it. */
function withSource(json: EditableJson, path: KeyPath, source: string): string | undefined {
  const key = path.at(-1);
  const parent = path.slice(0, -1);
  if (typeof key !== 'string') return undefined;
  const owner = json.find(parent);
  if (owner === undefined) return withSource(json, parent, `{ ${JSON.stringify(key)}: ${source} }`);
  if (owner.type === 'null') return json.replace(owner, `{ ${JSON.stringify(key)}: ${source} }`);
  return owner.type === 'object' ? json.insert(owner, key, source) : undefined;
}

function withoutKey(json: EditableJson, path: KeyPath): string | undefined {
  const node = json.find(path);
  return node === undefined || path.length === 0 ? undefined : json.remove(node);
}

function withName(json: EditableJson, path: KeyPath, name: string): string | undefined {
  const key = json.find(path)?.parent?.children?.[0];
  if (key === undefined || json.find([...path.slice(0, -1), name]) !== undefined) return undefined;
  return json.replace(key, JSON.stringify(name));
}

function withMovedKey(json: EditableJson, path: KeyPath, to: KeyPath): string | undefined {
  const node = json.find(path);
  if (node === undefined || json.find(to) !== undefined) return undefined;
  const source = json.sourceOf(node);
  return withSource(new EditableJson(json.remove(node, true)), to, source);
}

/** The shortest range of a text outside which it equals another one. */
function difference(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { offset: start, length: before.length - end - start, text: after.slice(start, after.length - end) };
}
