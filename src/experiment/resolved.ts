import { problemsOf, type UnplacedProblem } from './problems/schemaProblem';
import { seedProblems } from './problems/seedProblems';
import { crossFieldProblems, lossOf, type ValidExperiment } from './problems/crossFieldProblems';
import { defaultBatch } from './schema/learningSchema';
import { LongLists } from './document/longLists';
import { mayBeClasses, usesWholeSequences } from './problems/tableTargets';
import { experimentSchema, type ExperimentData, type ResolvedExperiment } from './schema/schema';

/** An experiment ready to be run, or its problems. */
export type Resolution =
  | {
      readonly kind: 'resolved';
      /** The run of its first seed, where it has several. */
      readonly experiment: ResolvedExperiment;
      /** The seeds that it is trained with as one group; none where it has no `seeds`. */
      readonly seeds: readonly number[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly UnplacedProblem[] };

/**
 * Validates a JSON value without variants, and writes every default out.
 *
 * @param lists cache of checked lists; shared by all variants of a file, so that each list is checked once
 */
export function resolveValue(value: unknown, lists = new LongLists()): Resolution {
  const { value: short, restore: restore } = lists.shorten(value);
  const outcome = experimentSchema.safeParse(short);
  if (!outcome.success) return { kind: 'invalid', problems: problemsOf(experimentSchema, short) };
  const experiment = restore(outcome.data);
  const problems = [...seedProblems(value), ...crossFieldProblems(experiment)];
  if (problems.length > 0) return { kind: 'invalid', problems };
  const { seeds = [], ...one } = experiment;
  const seed = seeds[0] ?? one.seed;
  return { kind: 'resolved', experiment: withDerivedDefaults({ ...one, seed }), seeds };
}

/** Fills in the defaults that depend on another key. */
function withDerivedDefaults(written: Omit<ValidExperiment, 'seeds'>): ResolvedExperiment {
  const { loss, training } = written;
  const { steps, batch, ...intervals } = training;
  const { kind: writtenKind, reduction, output } = writtenLoss(loss);
  // An output is that of mse only.
  const kind = writtenKind ?? (output === undefined ? undefined : 'mse');
  return {
    ...written,
    data: withDefaultsOfTable(written.data, kind),
    loss: lossWithOutput(kind ?? lossOf(written.data) ?? 'mse', reduction, output),
    training:
      'sequences' in written.data ? { steps, ...intervals } : { steps, batch: batch ?? defaultBatch, ...intervals },
  };
}

function writtenLoss(loss: ValidExperiment['loss']): Exclude<ValidExperiment['loss'], string> {
  return typeof loss === 'string' ? { kind: loss, reduction: 'mean' } : loss;
}

function lossWithOutput(
  kind: ResolvedExperiment['loss']['kind'],
  reduction: ResolvedExperiment['loss']['reduction'],
  output: ResolvedExperiment['loss']['output'],
): ResolvedExperiment['loss'] {
  return kind === 'mse' ? { kind, reduction, output: output ?? 'linear' } : { kind, reduction };
}

const defaultLength = 50;

/** @param loss the kind of loss that the experiment names; undefined where it leaves it to the data */
function withDefaultsOfTable(
  data: ValidExperiment['data'],
  loss: ResolvedExperiment['loss']['kind'] | undefined,
): ExperimentData {
  if (!('csv' in data)) return data;
  const { targets = data.inputs, ...table } = data;
  const areWhole = usesWholeSequences(data);
  // Without both keys the loss is that of the target column, which is known when the table is read.
  const classes = data.classes ?? (loss === undefined ? undefined : loss === 'crossEntropy');
  return {
    ...table,
    targets,
    ...(classes === undefined || !mayBeClasses(data.inputs, targets) ? {} : { classes }),
    horizon: data.horizon ?? (areWhole ? 0 : 1),
    ...(areWhole ? {} : { length: data.length ?? defaultLength }),
  };
}

/** The resolved experiment as JSON, keys in the order of the schema: an experiment file with all defaults written out. */
export function toJson(experiment: ResolvedExperiment): string {
  return JSON.stringify(experiment, null, 2);
}
