import { isLive, stateLabels } from '../../src/protocol/run';
import type { RunsTableRow } from '../../src/protocol/runsTable';
import { formatDuration, formatExact, formatNumber } from '../../src/text/numbers';
import { translate } from '../../src/text/translate';

/** A column of the table. */
export interface Column {
  readonly id: string;
  readonly label: string;
  /** Whether its values stand at the right. */
  readonly isNumeric: boolean;
  /** A value as text; '' if the run has none. */
  readonly text: (row: RunsTableRow) => string;
  /** What to sort and to compare by; undefined if the run has no value. */
  readonly value: (row: RunsTableRow) => number | string | undefined;
}

/** Columns for the keys that are shown unless a person chooses others. */
const standardKeys = 4;

/** The columns that every table has, in their order. */
const fixedColumns: readonly Column[] = [
  textColumn('name', 'name', ({ name }) => name),
  textColumn('state', 'state', ({ state }) => stateLabels[state]),
  numberColumn('loss', 'loss', ({ loss }) => loss, formatNumber),
  numberColumn('validationLoss', translate`validation loss`, ({ validationLoss }) => validationLoss, formatNumber),
  {
    ...numberColumn('updates', 'updates', ({ updates }) => updates, formatExact),
    text: ({ state, updates, plannedUpdates }) =>
      isLive(state) || updates < plannedUpdates
        ? translate`${formatExact(updates)} of ${formatExact(plannedUpdates)}`
        : formatExact(updates),
  },
  numberColumn('time', 'time', ({ seconds }) => seconds, formatDuration),
  { ...textColumn('started', 'started', ({ startedAt }) => startedAt), text: ({ started }) => started },
  textColumn('tags', 'tags', ({ tags }) => tags.join(', ')),
  textColumn('note', 'note', ({ note }) => note),
  textColumn('experiment', 'experiment', ({ experiment }) => experiment),
  numberColumn('parameters', 'parameters', ({ parameters }) => parameters, formatExact),
  textColumn('commit', translate`Git commit`, ({ commit }) => commit),
];

const standardFixed: ReadonlySet<string> = new Set([
  'name',
  'state',
  'loss',
  'validationLoss',
  'updates',
  'time',
  'started',
  'tags',
  'note',
]);

/**
 * All columns of a table: those that every run has, then the keys in which the runs differ.
 *
 * @param keys dotted paths, such as `model.cell`
 */
export function columnsOf(keys: readonly string[]): readonly Column[] {
  return [
    ...fixedColumns,
    ...keys.map((key): Column => {
      // A key may have the name of a property that every object inherits.
      const text = ({ values }: RunsTableRow): string => (Object.hasOwn(values, key) ? (values[key] ?? '') : '');
      return {
        id: `key ${key}`,
        label: key,
        isNumeric: false,
        text,
        value: (row) => {
          const shown = text(row);
          return shown === '' ? undefined : Number.isNaN(Number(shown)) ? shown : Number(shown);
        },
      };
    }),
  ];
}

/** The ids of the columns that are shown unless a person chooses others. */
export function standardColumns(columns: readonly Column[]): readonly string[] {
  const keys = columns.slice(fixedColumns.length, fixedColumns.length + standardKeys);
  return [...fixedColumns.filter(({ id }) => standardFixed.has(id)), ...keys].map(({ id }) => id);
}

/** The rows in the order of a column; those without a value come last, whatever the direction. */
export function sortedRows(
  rows: readonly RunsTableRow[],
  column: Column,
  isDescending: boolean,
): readonly RunsTableRow[] {
  // Numbers stand before texts: compared as text with one and as numbers with each other, they would have no order.
  const compare = (a: string | number, b: string | number): number => {
    if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
    return typeof b === 'number' ? 1 : a.localeCompare(b);
  };
  return rows
    .map((row) => ({ row, value: column.value(row) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined)
        return Number(a.value === undefined) - Number(b.value === undefined);
      return isDescending ? compare(b.value, a.value) : compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

function textColumn(id: string, label: string, text: (row: RunsTableRow) => string): Column {
  return { id, label, isNumeric: false, text, value: (row) => text(row) || undefined };
}

function numberColumn(
  id: string,
  label: string,
  value: (row: RunsTableRow) => number | undefined,
  format: (value: number) => string,
): Column {
  const text = (row: RunsTableRow): string => {
    const known = value(row);
    return known === undefined ? '' : format(known);
  };
  return { id, label, isNumeric: true, text, value };
}
