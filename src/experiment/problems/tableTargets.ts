import type { ResolvedExperiment } from '../schema/schema';

/** Whether the targets of a table may be classes: inputs are numbers, and only a single column holds classes. */
export function mayBeClasses(inputs: readonly string[], targets: readonly string[] | undefined): boolean {
  const [only, ...others] = targets ?? [];
  return only !== undefined && others.length === 0 && !inputs.includes(only);
}

/** Whether every sequence of a table is one window, whatever its length. */
export function usesWholeSequences({
  sequence,
  targetAt,
}: {
  readonly sequence?: string | undefined;
  readonly targetAt: 'every' | 'last';
}): boolean {
  return sequence !== undefined && targetAt === 'last';
}

/** Whether only the table tells if the target column of an experiment holds classes. */
export function leavesClassesOpen({ data }: ResolvedExperiment): boolean {
  return 'csv' in data && data.classes === undefined && mayBeClasses(data.inputs, data.targets);
}

/**
 * An experiment that leaves open whether its target column holds classes, with what its table tells; any other one as it
 * is.
 */
export function withClasses(experiment: ResolvedExperiment, classes: boolean): ResolvedExperiment {
  if (!leavesClassesOpen(experiment)) return experiment;
  const { reduction } = experiment.loss;
  const loss: ResolvedExperiment['loss'] = classes ? { kind: 'crossEntropy', reduction } : experiment.loss;
  return { ...experiment, data: { ...experiment.data, classes }, loss };
}
