import type { Source } from '../../data/source';
import type { OutputObserver } from '../../engine/evaluation';
import { predictionOf } from '../../engine/losses/output';
import type { Learner } from '../../engine/learner';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { RecordLayout } from '../../run/records/recordBatch';
import { metricName } from '../../run/series/validationMetrics';

/** Target columns whose errors are recorded; of a table with more, the first. */
export const maxMeasuredTargets = 64;

/** The longest name of a target that is part of a metric's name. */
const maxNameLength = 200;

/**
 * The names of what every validation of an experiment measures besides the loss; none where it holds nothing out, or where
 * its numbers have no unit of their own.
 */
export function metricsOfValidation({ data, training }: ResolvedExperiment, source: Source): readonly string[] {
  if (training.validateEvery === 0 || 'sequences' in data) return [];
  const isHeldOut = 'task' in data || data.validation > 0;
  if (!isHeldOut) return [];
  const ofClasses = [metricName({ kind: 'accuracy' }), metricName({ kind: 'mostFrequent' })];
  if ('text' in data) return [metricName({ kind: 'bits' }), ...ofClasses];
  if (source.targetKind === 'classes') return ofClasses;
  if (source.scaling === undefined) return [];
  return targetNames(source).flatMap((target) => [
    metricName({ kind: 'rmse', target }),
    metricName({ kind: 'mae', target }),
  ]);
}

/** The names of the measured targets, each of them once and short enough for a column. */
function targetNames({ outputNames }: Source): readonly string[] {
  const names = outputNames.slice(0, maxMeasuredTargets);
  const areFit = new Set(names).size === names.length && names.every((name) => name.length <= maxNameLength);
  return areFit ? names : names.map((_, index) => `target ${index + 1}`);
}

/** The result of a validation. */
export interface Validation {
  /** Reduced as the training loss is. */
  readonly loss: number;
  /** In the order of the layout's metrics. */
  readonly metrics: readonly number[];
}

/** What is validated. */
interface Validated {
  readonly source: Source;
  readonly learner: Learner;
  readonly experiment: ResolvedExperiment;
  readonly layout: RecordLayout;
}

/** Measures the held-out part with the present parameters; undefined where it has no target. */
export function validate({ source, learner, experiment, layout }: Validated): Validation | undefined {
  const { metrics = [] } = layout;
  const tally = metrics.length === 0 ? undefined : tallyOf(source, experiment);
  const evaluation = learner.evaluate(source.validation(), tally?.observe);
  if (evaluation === undefined) return undefined;
  const values = tally?.values(evaluation.targets) ?? new Map<string, number>();
  // Among outputs that are no numbers none is the largest.
  if (evaluation.accuracy !== undefined && !Number.isNaN(evaluation.loss)) {
    values.set(metricName({ kind: 'accuracy' }), evaluation.accuracy);
    values.set(metricName({ kind: 'bits' }), evaluation.lossPerTarget / Math.LN2);
  }
  return { loss: evaluation.loss, metrics: metrics.map((name) => values.get(name) ?? NaN) };
}

/** Collects what the loss doesn't tell, step by step. */
interface Tally {
  readonly observe: OutputObserver;
  /** The metrics over this number of targets, by name. */
  values(targets: number): Map<string, number>;
}

function tallyOf(source: Source, experiment: ResolvedExperiment): Tally {
  return source.targetKind === 'classes' ? classTally(source.outputs) : errorTally(source, experiment);
}

/** Counts the targets of each class. */
function classTally(classes: number): Tally {
  const counts = new Float64Array(classes);
  return {
    observe: ({ batch, mask, targets }, t) => {
      if (targets.kind !== 'classes') return;
      for (let cell = t * batch; cell < (t + 1) * batch; cell++) {
        const target = targets.indices[cell] ?? -1;
        if (mask[cell] === 1) counts[target] = (counts[target] ?? 0) + 1;
      }
    },
    values: (targets) => new Map([[metricName({ kind: 'mostFrequent' }), Math.max(...counts) / targets]]),
  };
}

/** Sums squares and sizes of the errors of each target, in the scaled unit. */
function errorTally(source: Source, { loss }: ResolvedExperiment): Tally {
  const { outputs: width, scaling } = source;
  const names = targetNames(source);
  const squares = new Float64Array(names.length);
  const sizes = new Float64Array(names.length);
  return {
    observe: ({ batch, mask, targets }, t, outputs) => {
      if (targets.kind !== 'values') return;
      for (let sequence = 0; sequence < batch; sequence++) {
        const cell = t * batch + sequence;
        if (mask[cell] !== 1) continue;
        for (let k = 0; k < names.length; k++) {
          const predicted = predictionOf(outputs[sequence * width + k] ?? NaN, loss);
          const error = predicted - (targets.values[cell * width + k] ?? NaN);
          squares[k] = (squares[k] ?? 0) + error ** 2;
          sizes[k] = (sizes[k] ?? 0) + Math.abs(error);
        }
      }
    },
    values: (targets) =>
      new Map(
        names.flatMap((target, k) => {
          const scale = scaling?.targets[k]?.scale ?? 1;
          return [
            [metricName({ kind: 'rmse', target }), Math.sqrt((squares[k] ?? NaN) / targets) * scale],
            [metricName({ kind: 'mae', target }), ((sizes[k] ?? NaN) / targets) * scale],
          ] as const;
        }),
      ),
  };
}
