import { parseExperiment } from '../experiment/parse';
import type { ResolvedExperiment } from '../experiment/schema/schema';
import type { RunInfo } from './runInfo';

/**
 * An experiment with what is known of the net of a run that another program recorded. Nothing is known of its data: it has
 * no scale and no task.
 *
 * @param keys of the experiment beyond its model and its clipping; its data are one sequence of one number unless they say
 *   otherwise
 * @throws with the first problem where no experiment can have these values
 */
export function describedExperiment(
  { cell, activation, hidden, layerCount, clip }: RunInfo,
  keys: Readonly<Record<string, unknown>>,
): ResolvedExperiment {
  const text = JSON.stringify({
    data: sequenceData(1, [0]),
    model: { cell, hidden, layers: layerCount, ...(activation === null ? {} : { activation }) },
    ...(clip?.kind === 'norm' && clip.threshold > 0 ? { clip: { norm: clip.threshold } } : {}),
    ...keys,
  });
  const parsed = parseExperiment(text);
  const resolved = parsed.kind === 'experiment' ? parsed.file.resolve() : parsed;
  if (resolved.kind === 'refused') throw new Error(resolved.problems[0]?.message ?? 'The description is invalid.');
  return resolved.experiment;
}

/**
 * The key `data` with one sequence of one step.
 *
 * @param inputs number of inputs
 * @param target the numbers, or the class, of the step
 */
export function sequenceData(inputs: number, target: readonly number[] | number): object {
  return { sequences: [{ inputs: [new Array<number>(inputs).fill(0)], targets: [target] }] };
}
