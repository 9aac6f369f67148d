import type { ResolvedExperiment, TaskData } from '../experiment/schema/schema';
import { inSinglePrecision, typedBatch, type Batch } from './batch';
import { describeSequence } from './sequenceDescription';
import { reportedLoss } from './lossPattern';
import { randomFrom, randomFromState, type Random } from './random';
import { batchTooLarge } from './batchSize';
import type { Baseline, SequenceDescription, OpenedSource, Source, TypedSequences } from './sourceContract';
import { readSourceState, type SourceState } from './sourceState';
import { addingTask } from './tasks/adding';
import { copyTask } from './tasks/copy';
import { delayTask } from './tasks/delay';
import { echoTask } from './tasks/echo';
import { parityTask } from './tasks/parity';
import { reberTask } from './tasks/reber';
import { sineTask } from './tasks/sine';
import { maxLength, type BestAccuracy, type Length, type Task, type TaskBaseline } from './tasks/task';
import { temporalOrderTask } from './tasks/temporalOrder';

/** Number of held-out sequences of a generated task. */
const HELD_OUT = 256;
/** Maximum number of held-out steps of all sequences, so that validation with very long ones takes seconds. */
const HELD_OUT_STEPS = 2 ** 22;
/** Maximum number of sequences in one held-out batch, so that the lengths, drawn for each batch, vary. */
const MAX_HELD_OUT_BATCH = 32;
/** Maximum number of lengths that a baseline is averaged over. */
const SAMPLED_LENGTHS = 64;

/** The task of the data. */
export function taskOf(data: TaskData): Task {
  switch (data.task) {
    case 'adding':
      return addingTask({ ...data, heldOut: data.validation?.length });
    case 'copy':
      return copyTask(data);
    case 'temporalOrder':
      return temporalOrderTask({ ...data, heldOut: data.validation?.length });
    case 'parity':
      return parityTask({ ...data, heldOut: data.validation?.length });
    case 'echo':
      return echoTask({ ...data, heldOut: data.validation?.length });
    case 'reber':
      return reberTask();
    case 'delay':
      return delayTask({ ...data, heldOut: data.validation?.length });
    case 'sine':
      return sineTask({ ...data, heldOut: data.validation?.length });
    default:
      return data satisfies never;
  }
}

/**
 * The held-out sequences of a task: their length, their number, and how many are drawn as one batch.
 *
 * @param batch B of the training
 */
export function heldOutOf(
  task: Pick<Task, 'length' | 'heldOutLength'>,
  batch: number,
): { readonly length: Length; readonly sequences: number; readonly batch: number } {
  const length = task.heldOutLength ?? task.length;
  const sequences = Math.max(1, Math.min(HELD_OUT, Math.floor(HELD_OUT_STEPS / maxLength(length))));
  return { length, sequences, batch: Math.min(batch, MAX_HELD_OUT_BATCH) };
}

/** Opens a generated task; a batch that is too large is a problem. */
export function openTask(experiment: ResolvedExperiment, data: TaskData): OpenedSource {
  const task = taskOf(data);
  const batch = experiment.training.batch ?? 1;
  const perStep = task.inputKind === 'dense' ? task.inputNames.length + task.outputNames.length : 2;
  const keyPath = 'length' in data ? ['data', 'length'] : ['data', 'task'];
  const steps = Math.max(maxLength(task.length), maxLength(task.heldOutLength ?? 1));
  const tooLarge = batchTooLarge(steps, batch, perStep, keyPath);
  if (tooLarge) return { kind: 'refused', problems: [tooLarge] };
  return { kind: 'source', source: new TaskSource(task, experiment, batch) };
}

class TaskSource implements Source {
  readonly inputs: number;
  readonly outputs: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputKind: 'dense' | 'oneHot';
  readonly targetKind: 'values' | 'classes';
  readonly steps: number;
  readonly lag: number;
  readonly baselines: readonly Baseline[];
  // Batches are generated, not stored.
  readonly memory = { retained: 0, opening: 0 };
  readonly isContiguous = false;
  readonly bestAccuracy?: BestAccuracy;
  readonly allowedNext?: (batch: Batch, sequence: number, t: number) => readonly number[];
  readonly typed?: TypedSequences;
  readonly #task: Task;
  readonly #seed: number;
  #random: Random;

  constructor(
    task: Task,
    experiment: ResolvedExperiment,
    readonly batch: number,
  ) {
    this.#task = task;
    this.#seed = experiment.seed;
    this.#random = randomFrom(experiment.seed, 'training');
    this.inputs = task.inputNames.length;
    this.outputs = task.outputNames.length;
    this.inputNames = task.inputNames;
    this.outputNames = task.outputNames;
    this.inputKind = task.inputKind;
    this.targetKind = task.targetKind;
    this.steps = maxLength(task.length);
    this.lag = task.lag;
    this.baselines = baselinesOf(task, experiment);
    const { allowedAfter: legalAfter, bestAccuracy, typed } = task;
    if (typed) this.typed = { rule: typed.rule, batchOf: (symbols) => typedBatch(symbols, typed.targetsOf(symbols)) };
    if (bestAccuracy) this.bestAccuracy = bestAccuracy;
    if (legalAfter) this.allowedNext = (drawn, sequence, t) => legalAfter(symbolsUpTo(drawn, sequence, t));
  }

  next(): Batch {
    return this.#draw(this.#random, this.#task.length, this.batch);
  }

  *validation(): Iterable<Batch> {
    const random = randomFrom(this.#seed, 'validation');
    const { length, sequences, batch } = heldOutOf(this.#task, this.batch);
    for (let left = sequences; left > 0; left -= batch) yield this.#draw(random, length, Math.min(batch, left));
  }

  state(): SourceState {
    return { random: this.#random.state() };
  }

  restore(state: unknown): void {
    this.#random = randomFromState(readSourceState(state).random);
  }

  describe(batch: Batch, sequence: number): SequenceDescription {
    return describeSequence(batch, sequence, this.inputNames, this.outputNames);
  }

  #draw(random: Random, length: Length, sequences: number): Batch {
    const steps = typeof length === 'number' ? length : random.integer(length[0], length[1]);
    return inSinglePrecision(this.#task.draw(random, steps, sequences));
  }
}

function symbolsUpTo({ inputs, mask, batch }: Batch, sequence: number, t: number): readonly number[] {
  if (inputs.kind !== 'oneHot' || mask[t * batch + sequence] === 0) return [-1];
  return Array.from({ length: t + 1 }, (_, step) => inputs.indices[step * batch + sequence] ?? -1);
}

function baselinesOf(task: Task, experiment: ResolvedExperiment): readonly Baseline[] {
  // Strings of varying length give a varying number of windows, so the loss of truncated training is not known.
  if (task.allowedAfter && experiment.bptt !== 'full') return [];
  // The first baseline of every task is that of the best constant answer.
  return task.baselines.map((baseline, index) => ({
    ...(index === 0 ? { answer: 'constant' as const } : {}),
    name: baseline.name,
    source: baseline.source,
    value: averaged(baseline, task.length, (pattern) => reportedLoss(pattern, experiment, task.outputNames.length)),
  }));
}

function averaged(
  baseline: TaskBaseline,
  length: Length,
  reported: (pattern: ReturnType<TaskBaseline['pattern']>) => number,
): number {
  if (typeof length === 'number') return reported(baseline.pattern(length));
  const [from, to] = length;
  const count = Math.min(SAMPLED_LENGTHS, to - from + 1);
  const stride = count > 1 ? (to - from) / (count - 1) : 0;
  const losses = Array.from({ length: count }, (_, index) =>
    reported(baseline.pattern(Math.round(from + index * stride))),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / count;
}
