import type { Inspection } from '../../../src/protocol/inspection';

/** A class at a step, with what the net gives it. */
export interface RankedClass {
  readonly index: number;
  readonly name: string;
  readonly probability: number;
  /** 1 is the likeliest. */
  readonly rank: number;
  readonly isTarget: boolean;
}

/** The classes of a step from the likeliest down, at most so many, and the one asked for wherever it stands. */
export function rankedClasses(inspection: Inspection, t: number, most: number): readonly RankedClass[] {
  const { outputs, outputNames } = inspection;
  const width = outputNames.length;
  const asked = targetClass(inspection, t);
  const ranked = Array.from(outputs.subarray(t * width, (t + 1) * width), (probability, index) => ({
    index,
    name: outputNames[index] ?? '',
    probability,
    isTarget: index === asked,
  }))
    .sort((a, b) => b.probability - a.probability)
    .map((one, place) => ({ ...one, rank: place + 1 }));
  return ranked.filter(({ rank, isTarget }) => rank <= most || isTarget);
}

/** The class asked for at a step; undefined where nothing is asked. */
export function targetClass({ targets, outputNames, mask }: Inspection, t: number): number | undefined {
  const width = outputNames.length;
  return mask[t] === 1 ? targets.subarray(t * width, (t + 1) * width).indexOf(1) : undefined;
}

/** The likeliest class of a step. */
export function topClass({ outputs, outputNames }: Inspection, t: number): number {
  const width = outputNames.length;
  const row = outputs.subarray(t * width, (t + 1) * width);
  return row.reduce((best, value, index) => (value > (row[best] ?? NaN) ? index : best), 0);
}

/** (T) the probability given to the class asked for, NaN where nothing is asked. */
export function targetProbabilities(inspection: Inspection): Float64Array {
  const width = inspection.outputNames.length;
  return Float64Array.from({ length: inspection.steps }, (_, t) => {
    const asked = targetClass(inspection, t);
    return asked === undefined ? NaN : (inspection.outputs[t * width + asked] ?? NaN);
  });
}

/** At how many of the steps that have a target the likeliest class is the one asked for. */
export function countRight(inspection: Inspection): { readonly right: number; readonly asked: number } {
  let right = 0;
  let asked = 0;
  for (let t = 0; t < inspection.steps; t++) {
    const target = targetClass(inspection, t);
    if (target === undefined) continue;
    asked++;
    if (topClass(inspection, t) === target) right++;
  }
  return { right, asked };
}
