import type { Change, Fix, JsonValue } from '../../experiment/problems/fix';
import { jsonSource } from '../../experiment/document/jsonEdit';
import type { KeyPath } from '../../experiment/problems/problem';
import type { CsvData } from '../../experiment/schema/schema';
import { formatExact } from '../../text/numbers';
import { quote, truncate } from '../../text/quoting';

/** A change of an experiment with which a cell, or the column that it is in, can be read. */
export type Remedy =
  | { readonly kind: 'decimal'; readonly decimal: CsvData['decimal'] }
  /** The cell stands for a missing value. */
  | { readonly kind: 'missing'; readonly value: string | number }
  /** The column is the target, of classes. */
  | { readonly kind: 'classTarget' }
  /** The values of the target column are classes, also those that are numbers. */
  | { readonly kind: 'classes' }
  /** The column is that of the times. */
  | { readonly kind: 'time' }
  | { readonly kind: 'leaveOut' };

function setting(key: string, value: JsonValue): Change {
  return { kind: 'set', keyPath: ['data', key], value };
}

/** The fix that writes keys of `data`: 'Set "delimiter" to ";" and "decimal" to ","', and what that does. */
export function settingFix(values: Readonly<Record<string, JsonValue>>, effect?: string): Fix {
  const named = Object.entries(values).map(
    ([key, value]) => `${quote(key)} to ${typeof value === 'string' ? quote(value) : truncate(jsonSource(value))}`,
  );
  return {
    title: `Set ${named.join(' and ')}${effect === undefined ? '' : `: ${effect}`}`,
    changes: Object.entries(values).map(([key, value]) => setting(key, value)),
  };
}

/** The fix that names another column where one is named. */
export function renameColumn(data: CsvData, keyPath: KeyPath, name: string): Fix {
  const [, key, index] = keyPath;
  const title = `Use the column ${quote(name)}`;
  if (key !== 'inputs' && key !== 'targets') return { title, changes: [{ kind: 'set', keyPath, value: name }] };
  return {
    title,
    changes: [
      setting(
        key,
        data[key].map((written, place) => (place === index ? name : written)),
      ),
    ],
  };
}

/** The fix that reads a table without a header; a column that is named otherwise is replaced by all of them. */
export function withoutHeader(keyPath: KeyPath, name: string, columns: number): Fix | undefined {
  const number = Number(name);
  if (Number.isInteger(number) && number >= 1 && number <= columns) return settingFix({ header: false });
  const [, key] = keyPath;
  if (key !== 'inputs' || columns > maxNumberedColumns) return undefined;
  const names = Array.from({ length: columns }, (_, index) => `${index + 1}`);
  return {
    title: `Set "header" to false and use the columns "1" to "${formatExact(columns)}"`,
    changes: [setting('header', false), setting('inputs', names)],
  };
}

/** More columns than are named one by one. */
const maxNumberedColumns = 50;

/** The fix that reads decimal commas or points; a delimiter that was found is written, too, so that it stays the same. */
export function decimalFix(data: CsvData, decimal: CsvData['decimal'], found: string): Fix {
  return settingFix(data.delimiter === 'auto' && found !== ',' ? { delimiter: found, decimal } : { decimal });
}

/** What each way to treat gaps does, in few words. */
const gapEffects = {
  skip: 'leave out every window with a missing value',
  mask: 'no loss for a missing target; a missing input keeps its last value, and a further input says where',
  interpolate: 'fill inputs on a straight line between the values around them; no loss where a target is missing',
} as const;

/** One fix for each of these ways to treat gaps. */
export function gapFixes(ways: readonly (keyof typeof gapEffects)[]): readonly Fix[] {
  return ways.map((gaps) => settingFix({ gaps }, gapEffects[gaps]));
}

/** Fixes that list values as missing, with one for each way to treat gaps where they are refused. */
export function missingFixes(data: CsvData, values: readonly number[]): readonly Fix[] {
  const missing = [...data.missing, ...values];
  if (data.gaps !== 'refuse') return [settingFix({ missing })];
  return (['skip', 'mask', 'interpolate'] as const).map((gaps) => settingFix({ missing, gaps }, gapEffects[gaps]));
}

/** Characters of the longest text that is offered for "missing": a cell may have millions. */
const maxMissingLength = 40;

/** The fixes of a problem with a column, or with a cell in it. */
export function columnFixes(
  data: CsvData,
  keyPath: KeyPath,
  name: string,
  remedies: readonly Remedy[],
  delimiter: string,
): readonly Fix[] {
  return remedies.flatMap((remedy) => columnFix(data, keyPath, name, remedy, delimiter) ?? []);
}

function columnFix(data: CsvData, keyPath: KeyPath, name: string, remedy: Remedy, delimiter: string): Fix | undefined {
  const [, key] = keyPath;
  const inputs = data.inputs.filter((other) => other !== name);
  switch (remedy.kind) {
    case 'decimal':
      return decimalFix(data, remedy.decimal, delimiter);
    case 'missing': {
      if (typeof remedy.value === 'string' && remedy.value.length > maxMissingLength) return undefined;
      const value = typeof remedy.value === 'string' ? quote(remedy.value) : formatExact(remedy.value);
      const missing = [...data.missing, remedy.value];
      return { title: `Add ${value} to "missing"`, changes: [setting('missing', missing)] };
    }
    case 'classes':
      return settingFix({ classes: true });
    case 'classTarget': {
      const title = `Predict ${quote(name)} as classes`;
      const classes = data.classes === false ? [setting('classes', true)] : [];
      if (key === 'targets' && data.targets.length > 1)
        return { title, changes: [setting('targets', [name]), ...classes] };
      if (key !== 'inputs' || inputs.length === 0) return undefined;
      return { title, changes: [setting('inputs', inputs), setting('targets', [name]), ...classes] };
    }
    case 'time':
      if (key !== 'inputs' || inputs.length === 0 || data.time !== undefined) return undefined;
      return { title: `Use ${quote(name)} as "time"`, changes: [setting('inputs', inputs), setting('time', name)] };
    case 'leaveOut':
      return leaveOut(data, keyPath, name);
    default:
      return remedy satisfies never;
  }
}

/** The fix that takes a column from the inputs or targets; undefined if it is the only one. */
export function leaveOut(data: CsvData, [, key]: KeyPath, name: string): Fix | undefined {
  if (key !== 'inputs' && key !== 'targets') return undefined;
  const others = data[key].filter((other) => other !== name);
  if (others.length === 0) return undefined;
  return { title: `Leave ${quote(name)} out of "${key}"`, changes: [setting(key, others)] };
}
