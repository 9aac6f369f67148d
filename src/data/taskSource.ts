import type { ResolvedExperiment, TaskData } from '../experiment/schema';
import { inSinglePrecision, type Batch } from './batch';
import { describeSequence } from './sequenceDescription';
import { reportedLoss } from './lossPattern';
import { randomFrom, randomFromState, type Random } from './random';
import { batchTooLarge } from './batchSize';
import type { Baseline, SequenceDescription, OpenedSource, Source } from './sourceContract';
import { readSourceState, type SourceState } from './sourceState';
import { addingTask } from './tasks/adding';
import { copyTask } from './tasks/copy';
import { delayTask } from './tasks/delay';
import { echoTask } from './tasks/echo';
import { parityTask } from './tasks/parity';
import { reberTask } from './tasks/reber';
import { sineTask } from './tasks/sine';
import { longest, type Length, type Task, type TaskBaseline } from './tasks/task';
import { temporalOrderTask } from './tasks/temporalOrder';

/** Held-out sequences of a generated task. */
const HELD_OUT = 256;
/** Held-out steps at most, over all sequences: one validation of very long ones takes seconds, not hours. */
const HELD_OUT_STEPS = 2 ** 22;
/** Lanes of one held-out batch at most, so that lengths drawn per batch vary. */
const HELD_OUT_LANES = 32;
/** Lengths of a range that a baseline is averaged over at most. */
const SAMPLED_LENGTHS = 64;

/** The task that the data names. */
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

/** Opens a generated task; a batch too large for memory is refused. */
export function openTask(experiment: ResolvedExperiment, data: TaskData): OpenedSource {
  const task = taskOf(data);
  const batch = experiment.training.batch ?? 1;
  const perStep = task.inputKind === 'dense' ? task.inputNames.length + task.outputNames.length : 2;
  const keyPath = 'length' in data ? ['data', 'length'] : ['data', 'task'];
  const steps = Math.max(longest(task.length), longest(task.heldOutLength ?? 1));
  const tooLarge = batchTooLarge(steps, batch, perStep, keyPath);
  if (tooLarge) return { kind: 'refused', refusals: [tooLarge] };
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
  // Every batch is drawn anew.
  readonly memory = { kept: 0, opening: 0 };
  readonly continues = false;
  readonly legal?: (batch: Batch, lane: number, t: number) => readonly number[];
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
    this.steps = longest(task.length);
    this.lag = task.lag;
    this.baselines = baselinesOf(task, experiment);
    const { legalAfter } = task;
    if (legalAfter) this.legal = (drawn, lane, t) => legalAfter(symbolsUpTo(drawn, lane, t));
  }

  next(): Batch {
    return this.#draw(this.#random, this.#task.length, this.batch);
  }

  *validation(): Iterable<Batch> {
    const random = randomFrom(this.#seed, 'validation');
    const length = this.#task.heldOutLength ?? this.#task.length;
    const sequences = Math.max(1, Math.min(HELD_OUT, Math.floor(HELD_OUT_STEPS / longest(length))));
    const lanes = Math.min(this.batch, HELD_OUT_LANES);
    for (let left = sequences; left > 0; left -= lanes) yield this.#draw(random, length, Math.min(lanes, left));
  }

  state(): SourceState {
    return { random: this.#random.state() };
  }

  restore(state: unknown): void {
    this.#random = randomFromState(readSourceState(state).random);
  }

  describe(batch: Batch, lane: number): SequenceDescription {
    return describeSequence(batch, lane, this.inputNames, this.outputNames);
  }

  #draw(random: Random, length: Length, lanes: number): Batch {
    const steps = typeof length === 'number' ? length : random.integer(length[0], length[1]);
    return inSinglePrecision(this.#task.draw(random, steps, lanes));
  }
}

function symbolsUpTo({ inputs, mask, batch }: Batch, lane: number, t: number): readonly number[] {
  if (inputs.kind !== 'oneHot' || mask[t * batch + lane] === 0) return [-1];
  return Array.from({ length: t + 1 }, (_, step) => inputs.indices[step * batch + lane] ?? -1);
}

function baselinesOf(task: Task, experiment: ResolvedExperiment): readonly Baseline[] {
  // Strings that end by themselves leave a varying number of windows, so no loss of truncated training is known there.
  if (task.legalAfter && experiment.bptt !== 'full') return [];
  return task.baselines.map((baseline) => ({
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
