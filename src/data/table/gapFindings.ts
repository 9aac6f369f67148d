import { formatCount, formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';
import type { DataFinding } from '../sourceContract';
import type { Context, UsedColumn } from './findingContext';
import { settingFix } from './tableFixes';

/** The share of the training rows of a target that must have all targets, or a finding says so. */
const leastShare = 0.5;

/** What a treatment of missing values leads to, before they are filled. */
export function gapFindings(columns: readonly UsedColumn[], context: Context): readonly DataFinding[] {
  switch (context.data.gaps) {
    case 'interpolate':
      return [...interpolated(columns, context), ...rowsWithoutLoss(context)];
    case 'mask':
      return rowsWithoutLoss(context);
    case 'refuse':
    case 'skip':
      return [];
    default:
      return context.data.gaps satisfies never;
  }
}

/** Interpolation reads the value after a gap: a forecast made from it would not be possible in time. */
function interpolated(columns: readonly UsedColumn[], { data }: Context): readonly DataFinding[] {
  const inputs = columns.filter(({ isTarget }) => !isTarget);
  const filled = inputs.reduce((sum, { values }) => sum + countMissing(values), 0);
  if (filled === 0) return [];
  const message =
    `In the inputs of ${quote(data.csv)} ${formatCount(filled, 'missing value')} ${filled === 1 ? 'is' : 'are'} filled in on a line to the next known value: ` +
    'the net reads values that are not known yet at that time. For a forecast set "gaps" to "mask".';
  return [finding('hint', message, settingFix({ gaps: 'mask' }))];
}

/** A row counts in the loss only if it has a value of every target. */
function rowsWithoutLoss({ data, table }: Context): readonly DataFinding[] {
  const targets = table.targets.map((values) => values.subarray(0, table.training));
  if (targets.length < 2) return [];
  const known = targets.map((values) => table.training - countMissing(values));
  let complete = 0;
  for (let row = 0; row < table.training; row++) {
    if (targets.every((values) => !Number.isNaN(values[row] ?? NaN))) complete += 1;
  }
  if (complete >= leastShare * Math.max(...known)) return [];
  const fewest = data.targets[known.indexOf(Math.min(...known))] ?? '';
  const message =
    `A row counts in the loss only if it has a value of every target: ${formatExact(complete)} of the ${formatExact(table.training)} training rows of ${quote(data.csv)} do. ` +
    `Leave out the target ${quote(fewest)}, which has the most missing values, or train one target at a time.`;
  return [finding('warning', message)];
}

function countMissing(values: Float64Array): number {
  return values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
}

function finding(
  level: DataFinding['level'],
  message: string,
  ...fixes: NonNullable<DataFinding['fixes']>
): DataFinding {
  const keyPath = ['data', 'gaps'];
  return { code: 'inputScale', level, keyPath, at: keyPath, message, fixes };
}
