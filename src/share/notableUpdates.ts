import type { RunStatus } from '../protocol/run';
import type { SharedUpdate } from '../protocol/sharedUpdates';
import type { DisplaySeries } from '../run/series/displaySeries';
import { updateOfCapture } from '../run/storage/runFiles';

/** What the choice of updates knows of a run. */
export interface ChosenFrom {
  readonly status: Pick<RunStatus, 'updates' | 'best' | 'nonFinite' | 'findings'>;
  readonly series: Pick<DisplaySeries, 'scalars'>;
}

/**
 * The updates of a run that a reader is most likely to look at: the first and the last, those with the lowest validation
 * loss and the largest gradient, those that its findings name; then others, evenly spaced.
 *
 * @param least how many to choose where the run has them; the notable ones are always among them
 * @param requested others that were asked for
 */
export function notableUpdates(
  { status, series }: ChosenFrom,
  least: number,
  requested: Iterable<number> = [],
): readonly SharedUpdate[] {
  const { updates, best, nonFinite, findings } = status;
  if (updates === 0) return [];
  const last = updates - 1;
  const reasons = new Map<number, string[]>();
  const add = (update: number, reason?: string): void => {
    const at = Math.max(0, Math.min(last, update));
    const known = reasons.get(at) ?? [];
    reasons.set(at, reason === undefined || known.includes(reason) ? known : [...known, reason]);
  };
  add(0, 'the first');
  add(last, nonFinite === undefined ? 'the last' : 'the last with finite numbers');
  if (best !== undefined && best.updates <= last) add(best.updates, 'begins with the lowest validation loss');
  const largest = largestGradient(series);
  if (largest !== undefined) add(largest, 'the largest gradient norm');
  for (const { when, update, code, bestUpdate } of findings) {
    // Of a finding about the whole run only the best update is a place in it.
    if (when === 'update') add(update, `finding “${code}”`);
    if (bestUpdate !== undefined) add(bestUpdate, `finding “${code}”`);
  }
  for (const update of requested) add(update);
  const wanted = Math.min(least, updates);
  for (let count = wanted - reasons.size; reasons.size < wanted; count++) {
    for (let i = 0; i <= count + 1 && reasons.size < wanted; i++) add(Math.round((i * last) / (count + 1)));
  }
  return [...reasons]
    .sort(([one], [other]) => one - other)
    .map(([update, words]) => ({
      update,
      sequence: update === last ? (nonFinite?.row ?? 0) : 0,
      reason: words.join(', '),
    }));
}

/** Most captured updates of a recorded run that are shared: the first ones. */
const maxCaptured = 32;

/**
 * The updates of a run that another program recorded which can be walked through: those that it captured.
 *
 * @param files names of the files in the run's folder
 * @param updates of the run; a capture beyond them is of another run
 */
export function capturedUpdates(files: readonly string[], updates: number): readonly SharedUpdate[] {
  return files
    .flatMap((name) => updateOfCapture(name) ?? [])
    .filter((update) => update < updates)
    .sort((one, other) => one - other)
    .slice(0, maxCaptured)
    .map((update) => ({ update, sequence: 0, reason: 'captured' }));
}

/** The update with the largest gradient norm; undefined where a column merges several updates, so that it isn't known. */
function largestGradient({ scalars }: ChosenFrom['series']): number | undefined {
  if (scalars.stride > 1) return undefined;
  let largest: { readonly update: number; readonly norm: number } | undefined;
  scalars.values('gradNorm').forEach((norm, column) => {
    if (norm > (largest?.norm ?? -Infinity)) largest = { update: scalars.updateOf(column), norm };
  });
  return largest?.update;
}
