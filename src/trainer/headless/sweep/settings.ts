import { isObject, type JsonObject } from '../../../experiment/document/document';
import type { KeyPath } from '../../../experiment/document/keyPath';
import { quote } from '../../../text/quoting';

/** A key of an experiment, and values for it. */
export interface Setting {
  /** As it was typed, such as `optimizer.learningRate`. */
  readonly key: string;
  /** At least one; JSON, or a text. */
  readonly values: readonly unknown[];
}

/**
 * Reads `KEY=VALUE`: the path of a key with dots between its parts, and its value as JSON, or a text without quotes.
 *
 * @param areSeveral whether commas separate several values, except inside brackets, braces and quotes
 * @returns the setting, or what is wrong with it
 */
export function parseSetting(word: string, areSeveral: boolean): Setting | string {
  const cut = word.indexOf('=');
  const key = word.slice(0, cut).trim();
  if (cut < 1 || key.split('.').some((part) => part === '' || part === '__proto__')) {
    return `--set takes KEY=VALUE, such as --set optimizer.learningRate=0.01; found ${quote(word)}.`;
  }
  if (key === 'variants' || (areSeveral && (key === 'seed' || key === 'seeds'))) {
    const instead = key === 'variants' ? '--variant NAME' : '--seeds 1,2,3';
    return `--set can't change ${quote(key)}. Use ${instead}.`;
  }
  const text = word.slice(cut + 1);
  const parts = areSeveral ? splitValues(text) : [text];
  if (parts.some((part) => part.trim() === '')) {
    return `--set ${key} needs a value after = and between commas; found ${quote(word)}.`;
  }
  const values = parts.map(parseValue);
  if (!values.every(isFinite)) {
    return `--set ${key} takes finite numbers; found ${quote(text)}.`;
  }
  if (new Set(values.map((value) => JSON.stringify(value))).size < values.length) {
    return `--set ${key} has the same value twice in ${quote(text)}. Remove one.`;
  }
  return { key, values };
}

/** The values between commas that are not inside brackets, braces or quotes. */
function splitValues(text: string): readonly string[] {
  const parts = [''];
  let [depth, isQuoted, isEscaped] = [0, false, false];
  for (const character of text) {
    if (isQuoted) {
      if (!isEscaped && character === '"') isQuoted = false;
      isEscaped = !isEscaped && character === '\\';
    } else if (character === '"') isQuoted = true;
    else if ('[{'.includes(character)) depth += 1;
    else if (']}'.includes(character)) depth -= 1;
    if (character === ',' && depth <= 0 && !isQuoted) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}

/** Whether every number in a value is finite: JSON reads 1e999 as infinite, and writes it as null. */
function isFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isFinite);
}

/** The changes of an experiment that set keys, each given by its path with dots; a later one of two that overlap wins. */
export function changesOf(values: Iterable<readonly [key: string, value: unknown]>): JsonObject {
  let changes: JsonObject = {};
  for (const [key, value] of values) changes = withValue(changes, key.split('.'), value);
  return changes;
}

function withValue(object: JsonObject, [first = '', ...rest]: readonly string[], value: unknown): JsonObject {
  if (rest.length === 0) return { ...object, [first]: value };
  const inner = object[first];
  return { ...object, [first]: withValue(isObject(inner) ? inner : {}, rest, value) };
}

/** The settings that make up changes, each as `KEY=VALUE` with the value as JSON. */
export function settingsIn(changes: unknown, path: KeyPath = []): readonly string[] {
  if (isObject(changes) && Object.keys(changes).length > 0) {
    return Object.entries(changes).flatMap(([key, value]) => settingsIn(value, [...path, key]));
  }
  return [`${path.join('.')}=${JSON.stringify(changes)}`];
}

/** The setting that changes a key, as `KEY=VALUE`: that of the key, or of one that it is part of; undefined for none. */
export function settingAt(changes: JsonObject, keyPath: KeyPath): string | undefined {
  let value: unknown = changes;
  for (const [index, key] of keyPath.entries()) {
    if (!isObject(value)) return settingsIn(value, keyPath.slice(0, index)).join(', ');
    if (!Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return keyPath.length === 0 ? undefined : settingsIn(value, keyPath).join(', ');
}
