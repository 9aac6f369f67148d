import type { Inspection } from '../../../src/protocol/inspection';

/** A class at a step, with its probability. */
export interface RankedClass {
  readonly index: number;
  readonly name: string;
  readonly probability: number;
  /** 1 is the top prediction. */
  readonly rank: number;
  readonly isTarget: boolean;
}

/** The `most` most probable classes of a step in descending order, and the target even if it ranks lower. */
export function rankedClasses(inspection: Inspection, t: number, most: number): readonly RankedClass[] {
  const { outputs, outputNames } = inspection;
  const width = outputNames.length;
  const target = targetClass(inspection, t);
  const ranked = Array.from(outputs.subarray(t * width, (t + 1) * width), (probability, index) => ({
    index,
    name: outputNames[index] ?? '',
    probability,
    isTarget: index === target,
  }))
    .sort((a, b) => b.probability - a.probability)
    .map((one, place) => ({ ...one, rank: place + 1 }));
  return ranked.filter(({ rank, isTarget }) => rank <= most || isTarget);
}

/** The target class of a step; undefined where it has no target. */
export function targetClass({ targets, outputNames, mask }: Inspection, t: number): number | undefined {
  const width = outputNames.length;
  return mask[t] === 1 ? targets.subarray(t * width, (t + 1) * width).indexOf(1) : undefined;
}

/** The most probable class of a step. */
export function topClass({ outputs, outputNames }: Inspection, t: number): number {
  const width = outputNames.length;
  const row = outputs.subarray(t * width, (t + 1) * width);
  return row.reduce((best, value, index) => (value > (row[best] ?? NaN) ? index : best), 0);
}

/** (T) the probability of the target class, NaN where a step has no target. */
export function targetProbabilities(inspection: Inspection): Float64Array {
  const width = inspection.outputNames.length;
  return Float64Array.from({ length: inspection.steps }, (_, t) => {
    const target = targetClass(inspection, t);
    return target === undefined ? NaN : (inspection.outputs[t * width + target] ?? NaN);
  });
}

/** The number of steps with a target, and of those where the top prediction is the target. */
export function countCorrect(inspection: Inspection): { readonly correct: number; readonly targets: number } {
  let correct = 0;
  let targets = 0;
  for (let t = 0; t < inspection.steps; t++) {
    const target = targetClass(inspection, t);
    if (target === undefined) continue;
    targets++;
    if (topClass(inspection, t) === target) correct++;
  }
  return { correct, targets };
}
