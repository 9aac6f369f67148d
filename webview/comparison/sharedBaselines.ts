import type { RunInfo } from '../../src/protocol/run';

type Baselines = RunInfo['baselines'];

/** The baselines of the loss where all runs have the same ones, which depend on the data; none elsewhere. */
export function sharedBaselines(runs: readonly Pick<RunInfo, 'baselines'>[]): Baselines {
  const [first] = runs;
  if (first === undefined) return [];
  const expected = comparable(first.baselines);
  return runs.every(({ baselines }) => comparable(baselines) === expected) ? first.baselines : [];
}

/** The same text for the same baselines: the keys of a run that was read from its folder have another order. */
function comparable(baselines: Baselines): string {
  return JSON.stringify(
    baselines.map(({ name, value, source, heldOut, answer }) => [name, value, source, heldOut, answer]),
  );
}
