import { formatRange, spreadOf, type Spread } from '../../src/run/series/spread';
import { formatMetric, metricLabel } from '../../src/run/series/formatMetric';
import { formatNumber } from '../../src/text/numbers';
import { stateLabels } from '../../src/protocol/run';
import { lossName } from '../notebook/loss/lossName';
import { lastMetric, maxShownMetrics, metricsOf } from './lastMetrics';
import type { Comparison, Member } from './model';
import { translate } from '../../src/text/translate';

/** The outcomes of runs of which the spread is shown. */
const outcomes = {
  loss: ({ status }: Member) => status?.loss,
  validation: ({ status }: Member) => status?.validationLoss,
  'lowest loss': ({ run }: Member) =>
    run?.series.scalars
      .values('lossMin')
      .reduce((least, value) => (value < least || Number.isNaN(least) ? value : least), NaN),
} as const;

/** The columns of the table, after that of the configuration. */
export const spreadColumns = [
  translate`outcome`,
  'n',
  translate`median`,
  translate`quartiles`,
  translate`range`,
] as const;

/** One outcome of a group, as text. */
export interface SpreadRow {
  readonly group: string;
  /** In the order of `spreadColumns`. */
  readonly cells: readonly string[];
}

type Groups = Pick<Comparison, 'groups' | 'members'>;

interface MeasuredGroup {
  readonly name: string;
  readonly members: readonly Member[];
  readonly finished: readonly Member[];
}

function measuredGroups({ groups, members }: Groups): readonly MeasuredGroup[] {
  return groups.map(({ name, runs }) => {
    const own = members.filter(({ id }) => runs.includes(id));
    return { name, members: own, finished: own.filter(({ status }) => status?.state === 'finished') };
  });
}

/**
 * The spread of each outcome over the finished runs of each group. The losses of a run that has diverged, or still trains,
 * are no outcome of the experiment; how many there are is said.
 */
export function spreadRows(comparison: Groups): readonly SpreadRow[] {
  return measuredGroups(comparison).flatMap(({ name, members, finished }) => {
    const row = (outcome: string, n: number, cells: readonly string[]): SpreadRow => ({
      group: name,
      cells: [outcome, formatN(n, members), ...cells],
    });
    const losses = Object.entries(outcomes).flatMap(([outcome, valueOf]) => {
      const spread = spreadOf(finished.map((member) => valueOf(member) ?? NaN));
      if (spread === undefined && outcome !== 'loss') return [];
      return [row(outcome, spread?.n ?? 0, formatCells(spread))];
    });
    const metrics = metricsOf(members)
      .slice(0, maxShownMetrics)
      .flatMap(({ name: column, metric }) => {
        const spread = spreadOf(finished.map((member) => lastMetric(member, column)));
        if (spread === undefined) return [];
        return [
          row(
            metricLabel(metric),
            spread.n,
            formatCells(spread, (value) => formatMetric(metric, value)),
          ),
        ];
      });
    return [...losses, ...metrics];
  });
}

function formatCells(spread: Spread | undefined, format = formatNumber): readonly string[] {
  if (spread === undefined) return ['–', '–', '–'];
  const { median, lowerQuartile, upperQuartile, lowest, highest } = spread;
  return [
    format(median),
    translate`${format(lowerQuartile)} to ${format(upperQuartile)}`,
    format === formatNumber ? formatRange(spread) : translate`${format(lowest)} to ${format(highest)}`,
  ];
}

/** How many runs count, and the states of the others: `2 of 3 (1 diverged)`. */
function formatN(n: number, members: readonly Member[]): string {
  if (n === members.length) return String(n);
  const others = members
    .map(({ status }) => status?.state ?? ('waiting' as const))
    .filter((state) => state !== 'finished');
  const states = [...new Set(others)].map(
    (state) => `${others.filter((other) => other === state).length} ${stateLabels[state]}`,
  );
  return translate`${n} of ${members.length}${states.length === 0 ? '' : ` (${states.join(', ')})`}`;
}

/** What the spreads say: the group of the lowest median, and whether the seeds alone may be the reason. */
export function spreadSummary(comparison: Groups): string {
  const groups = measuredGroups(comparison);
  const ofLoss = new Set(
    groups.flatMap(({ members }) => members.flatMap(({ run }) => (run ? [lossName(run.info.loss)] : []))),
  );
  if (groups.length > 1 && ofLoss.size > 1)
    return translate`These groups have different losses, so their values can’t be compared.`;
  const isValidated = groups.every(({ finished }) =>
    finished.some(({ status }) => status?.validationLoss !== undefined),
  );
  const outcome = isValidated ? 'validation' : 'loss';
  const known = groups
    .flatMap(({ name, finished }) => {
      const spread = spreadOf(finished.map((member) => outcomes[outcome](member) ?? NaN));
      return spread === undefined ? [] : [{ name, spread }];
    })
    .sort((a, b) => a.spread.median - b.spread.median);
  const measure = isValidated ? translate`last validation loss` : translate`loss of the last update`;
  const [best, next] = known;
  if (best === undefined)
    return translate`The median and the spread over the seeds will appear here. No run has finished yet.`;
  const { median, n } = best.spread;
  const own = `${formatNumber(median)} (n = ${n}, ${formatRange(best.spread)})`;
  if (next === undefined) return translate`“${best.name}”: the median ${measure} is ${own}.`;
  const overlaps = best.spread.highest >= next.spread.lowest;
  const verdict = overlaps
    ? translate`Its range overlaps that of “${next.name}”, so the seeds alone may be the reason.`
    : translate`Even its highest is below the lowest of “${next.name}”, ${formatNumber(next.spread.lowest)}.`;
  return translate`“${best.name}” has the lowest median ${measure}, ${own}. ${verdict}`;
}
