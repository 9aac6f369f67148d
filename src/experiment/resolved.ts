import { problemsOf, type UnplacedProblem } from './schemaProblem';
import { crossFieldProblems, lossOf, type ValidExperiment } from './crossFieldProblems';
import { standardBatch } from './learningSchema';
import { LongLists } from './longLists';
import { experimentSchema, type ExperimentData, type ResolvedExperiment } from './schema';

/** An experiment ready to be run, or everything that is wrong with it. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly experiment: ResolvedExperiment }
  | { readonly kind: 'wrong'; readonly complaints: readonly UnplacedProblem[] };

/**
 * Holds a JSON value without variants against the format, and writes every default out.
 *
 * @param lists what is known of the lists in it; given to all variants of a file, so that each list is checked once
 */
export function resolveValue(value: unknown, lists = new LongLists()): Resolution {
  const { value: short, restored } = lists.shorten(value);
  const outcome = experimentSchema.safeParse(short);
  if (!outcome.success) return { kind: 'wrong', complaints: problemsOf(experimentSchema, short) };
  const experiment = restored(outcome.data);
  const complaints = crossFieldProblems(experiment);
  if (complaints.length > 0) return { kind: 'wrong', complaints };
  return { kind: 'resolved', experiment: completed(experiment) };
}

/** Fills in the defaults that depend on another key. */
function completed(written: ValidExperiment): ResolvedExperiment {
  const { loss, training } = written;
  const { steps, batch, ...intervals } = training;
  const { kind, reduction } = typeof loss === 'string' ? { kind: loss, reduction: 'mean' as const } : loss;
  return {
    ...written,
    data: completedData(written.data),
    loss: { kind: kind ?? lossOf(written.data), reduction },
    training:
      'sequences' in written.data ? { steps, ...intervals } : { steps, batch: batch ?? standardBatch, ...intervals },
  };
}

function completedData(data: ValidExperiment['data']): ExperimentData {
  return 'csv' in data ? { ...data, targets: data.targets ?? data.inputs } : data;
}

/** The resolved experiment as JSON, keys in the order of the schema: an experiment file that needs no default. */
export function toJson(experiment: ResolvedExperiment): string {
  return JSON.stringify(experiment, null, 2);
}
