import type { PointRange, Predictions } from '../../../src/protocol/predictions';
import { formatCount, formatExact, formatNumber } from '../../../src/text/numbers';
import { truncate } from '../../../src/text/quoting';
import { visibleSymbol } from '../formatStep';
import { formatPlace, pointOfRow } from './heldOutAxis';
import { translate } from '../../../src/text/translate';

/** What the errors do not say of the rows: their sequences, those that count in no error, and how many a point merges. */
export function formatHeldOut(predictions: Predictions): string {
  const { rows, lead, sequenceCount, sequences, rowsPerPoint, errors, names } = predictions;
  const value = names.length > 1 ? translate`a value of every target` : translate`a value`;
  const all = rows - lead;
  const isSeveral = sequenceCount > 1 || sequences[0]?.name !== undefined;
  const uncounted = all - errors.count;
  return [
    ...(isSeveral
      ? [translate`The ${formatCount(all, 'held-out row')} are ${formatCount(sequenceCount, 'sequence')}.`]
      : []),
    ...(uncounted > 0
      ? [
          uncounted === 1
            ? translate`${uncounted} row without ${value} or without a prediction counts in no error.`
            : translate`${formatExact(uncounted)} rows without ${value} or without a prediction count in no error.`,
        ]
      : []),
    ...(rowsPerPoint === 1 ? [] : [mergedText(rowsPerPoint, errors.kind)]),
  ].join(' ');
}

function mergedText(rowsPerPoint: number, kind: Predictions['errors']['kind']): string {
  const rows = translate`${formatExact(rowsPerPoint)} rows; zoom in to see each`;
  return kind === 'classes'
    ? translate`A colour is that of the most frequent class of ${rows}.`
    : translate`A point shows the lowest and the highest value of ${rows}.`;
}

/** The numbers of the row under the pointer, or of the rows that its point merges. */
export function formatRow(predictions: Predictions, row: number, name: string, classNames: readonly string[]): string {
  const point = pointOfRow(predictions, row);
  if (point === undefined) return '';
  const { from, to, rowsPerPoint, lines, times, lead, isEarly, warmUp, errors, truth, predicted, persistence } =
    predictions;
  const first = from + point * rowsPerPoint;
  const count = Math.min(to, first + rowsPerPoint) - first;
  const isClass = errors.kind === 'classes';
  const of = (range: PointRange): string => formatRange(range, point, isClass ? classNames : undefined);
  const sequence = sequenceOf(predictions, row);
  const hasPersistence = !Number.isNaN(persistence.least[point] ?? NaN);
  return [
    ...(sequence === undefined ? [] : [translate`sequence ${sequence}`]),
    count === 1
      ? translate`row ${formatExact(lines[point] ?? NaN)}`
      : translate`${formatExact(count)} rows from row ${formatExact(lines[point] ?? NaN)}`,
    ...(times === undefined ? [] : [formatPlace(predictions, point)]),
    `${name} ${of(truth)}`,
    ...(row < lead
      ? [translate`training part: read before the first prediction`]
      : [
          translate`predicted ${of(predicted)}`,
          ...(hasPersistence ? [translate`persistence ${of(persistence)}`] : []),
          ...(isEarly[point] === 1
            ? [translate`warm-up: at most ${formatCount(warmUp, 'row')} of the sequence read`]
            : []),
        ]),
  ].join(' · ');
}

function formatRange({ least, most }: PointRange, point: number, classNames: readonly string[] | undefined): string {
  const [low = NaN, high = NaN] = [least[point], most[point]];
  if (Number.isNaN(low)) return translate`none`;
  if (classNames !== undefined) return visibleSymbol(truncate(classNames[low] ?? ''));
  return low === high ? formatNumber(low) : translate`${formatNumber(low)} to ${formatNumber(high)}`;
}

/** The name of the sequence that a row belongs to; undefined in a table without a column of sequences. */
function sequenceOf({ sequences }: Predictions, row: number): string | undefined {
  const name = sequences.findLast((sequence) => sequence.row <= row)?.name;
  return name === undefined ? undefined : visibleSymbol(truncate(name));
}
