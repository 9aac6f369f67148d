import type { ComparedRun, ComparisonState } from '../protocol/comparison';
import { isLive } from '../protocol/run';
import { formatCount } from '../text/numbers';
import { withoutPaths } from './withoutPaths';

/** A comparison that can be shared, or why it can't. */
export type RecordedComparison =
  | { readonly kind: 'recorded'; readonly state: ComparisonState; readonly leftOut: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Records a comparison for a page without a host: its runs with their curves, without paths of this machine. Runs that have
 * no records are left out; `leftOut` has their names. It is refused while one of its runs trains, as the file would show a
 * run that never ends, and where none has records.
 */
export function recordComparison(compared: Omit<ComparisonState, 'subjects'>): RecordedComparison {
  const training = compared.runs.find(
    ({ status }) => status !== undefined && (isLive(status.state) || status.state === 'elsewhere'),
  );
  if (training !== undefined) {
    return {
      kind: 'refused',
      reason: `“${training.name}” is training. Share the comparison when it has ended; Stop ends it now.`,
    };
  }
  const runs = compared.runs.flatMap((run) => recordedRun(run) ?? []);
  if (runs.length === 0) {
    return { kind: 'refused', reason: 'None of these runs has records, so there is nothing to share.' };
  }
  const kept = new Set(runs.map(({ id }) => id));
  const note = `This file compares ${formatCount(runs.length, 'run')}. Training, and the single updates of each run, need Unroll in VS Code.`;
  const { title, keys, groups } = compared;
  return {
    kind: 'recorded',
    state: {
      title,
      subjects: [],
      keys,
      runs,
      groups: groups
        .map(({ name, runs: ids }) => ({ name, runs: ids.filter((id) => kept.has(id)) }))
        .filter(({ runs: { length } }) => length > 1),
      note,
    },
    leftOut: compared.runs.filter(({ id }) => !kept.has(id)).map(({ name }) => name),
  };
}

function recordedRun({ data, status, ...run }: ComparedRun): ComparedRun | undefined {
  if (data === undefined || status === undefined) return undefined;
  const plain = withoutPaths({ info: data.info, status });
  return { ...run, status: plain.status, data: { info: plain.info, series: data.series } };
}
