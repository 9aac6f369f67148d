import type { KeyProblem } from '../experiment/problem';
import type { ResolvedExperiment, TextData } from '../experiment/schema';
import { setClassTarget, symbolBatch, type Batch } from './batch';
import { describeSequence } from './sequenceDescription';
import { patternOf, reportedLoss } from './lossPattern';
import { randomFrom, randomFromState, type Random } from './random';
import { batchTooLarge } from './batchSize';
import type { Baseline, DataMemory, SequenceDescription, OpenedSource, Source } from './sourceContract';
import { readSourceState, type SourceState } from './sourceState';
import { decodeText } from './textFile';
import { bigramEntropy, pairCountBytes, unigramEntropy } from './textStatistics';
import { encodeText, type EncodedText } from './vocabulary';
import { formatExact } from '../text/numbers';
import { quote } from '../text/quoting';

type Indices = EncodedText['indices'];

/** A distinct character as a string, and its place in lists of names. */
const characterBytes = 64;

/** Held-out characters that one validation predicts at most. */
export const mostValidated = 10_000;

/** Opens a text for next-character prediction; binary, empty and too short files are refused. */
export function openText(experiment: ResolvedExperiment, data: TextData, bytes: Uint8Array): OpenedSource {
  const decoded = decodeText(bytes, data.text, ['data', 'text']);
  if (decoded.kind === 'refused') return decoded;
  const { characters, indices } = encodeText(decoded.text.pieces);
  const held = Math.floor(indices.length * data.validation);
  const training = indices.subarray(0, indices.length - held);
  const batch = experiment.training.batch ?? 1;
  // Contiguous text is one endless sequence, so the windows of truncated training replace `length`.
  const steps = data.order === 'contiguous' && experiment.bptt !== 'full' ? experiment.bptt.forward : data.length;
  const objection =
    batchTooLarge(steps, batch, 2, ['data', 'length']) ??
    tooShort(data, indices.length, training.length, steps, batch) ??
    tooLittleHeldOut(data, indices.length, held);
  if (objection) return { kind: 'refused', refusals: [objection] };
  const text = { characters, training, heldOut: indices.subarray(indices.length - held) };
  return { kind: 'source', source: new TextSource(experiment, data, text, steps, batch) };
}

function tooShort(data: TextData, all: number, training: number, steps: number, batch: number): KeyProblem | undefined {
  const contiguous = data.order === 'contiguous';
  const needed = (contiguous ? batch * steps : steps) + 1;
  if (training >= needed) return undefined;
  const reason = contiguous
    ? `${formatExact(batch)} lanes of ${formatExact(steps)} characters`
    : `a window of ${formatExact(steps)} characters`;
  const message =
    `${quote(data.text)} has ${formatExact(all)} characters, ${formatExact(training)} of them for training; ${reason} and the one after ` +
    `need ${formatExact(needed)}. Name a longer text, or write a smaller ${contiguous ? 'batch or window' : 'length'}.`;
  return { code: 'data.tooShort', message, keyPath: ['data', 'text'] };
}

function tooLittleHeldOut(data: TextData, all: number, held: number): KeyProblem | undefined {
  if (data.validation === 0 || held >= 2) return undefined;
  const message =
    `A "validation" of ${data.validation} holds out ${formatExact(held)} of ${formatExact(all)} characters; at least 2 are needed, one ` +
    'to see and one to predict. Write a larger fraction, or 0 to hold nothing out.';
  return { code: 'data.tooShort', message, keyPath: ['data', 'validation'] };
}

interface SplitText {
  readonly characters: readonly string[];
  readonly training: Indices;
  readonly heldOut: Indices;
}

class TextSource implements Source {
  readonly inputs: number;
  readonly outputs: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputKind = 'oneHot';
  readonly targetKind = 'classes';
  readonly lag = undefined;
  readonly baselines: readonly Baseline[];
  readonly memory: DataMemory;
  readonly continues: boolean;
  readonly #text: SplitText;
  #random: Random;
  /** The next character of every lane; undefined before the first window, and always for random order. */
  #positions: readonly number[] | undefined;

  constructor(
    experiment: ResolvedExperiment,
    data: TextData,
    text: SplitText,
    readonly steps: number,
    readonly batch: number,
  ) {
    this.#text = text;
    this.#random = randomFrom(experiment.seed, 'training');
    this.continues = data.order === 'contiguous';
    this.inputs = text.characters.length;
    this.outputs = text.characters.length;
    this.inputNames = text.characters;
    this.outputNames = text.characters;
    this.baselines = baselinesOf(experiment, text, steps);
    const { buffer, length } = text.training;
    const kept = buffer.byteLength + characterBytes * this.inputs;
    this.memory = { kept, opening: kept + pairCountBytes(length, this.inputs) };
  }

  next(): Batch {
    return this.continues ? this.#nextContiguous() : this.#nextRandom();
  }

  *validation(): Iterable<Batch> {
    const { heldOut } = this.#text;
    const targets = Math.min(heldOut.length - 1, mostValidated);
    if (targets < 1) return;
    const lanes = Math.max(1, Math.min(this.batch, Math.floor(targets / this.steps)));
    const stretch = Math.ceil(targets / lanes);
    for (let start = 0; start < stretch; start += this.steps) {
      const window = symbolBatch(Math.min(this.steps, stretch - start), lanes);
      for (let lane = 0; lane < lanes; lane++) {
        const end = Math.min((lane + 1) * stretch, targets);
        fillLane(window, lane, heldOut, lane * stretch + start, end);
      }
      if (this.continues && start > 0) window.reset.fill(0);
      yield window;
    }
  }

  state(): SourceState {
    const random = this.#random.state();
    return this.#positions ? { random, positions: this.#positions } : { random };
  }

  restore(state: unknown): void {
    const { random, positions } = readSourceState(state);
    const last = this.#text.training.length - 1;
    if (
      positions &&
      (positions.length !== this.batch || positions.some((position) => position < 0 || position > last))
    ) {
      throw new Error('The state belongs to another text or batch: go on with the data the run was started with.');
    }
    this.#random = randomFromState(random);
    this.#positions = positions;
  }

  describe(batch: Batch, lane: number): SequenceDescription {
    return describeSequence(batch, lane, this.inputNames, this.outputNames);
  }

  #nextContiguous(): Batch {
    const { training } = this.#text;
    const last = training.length - 1;
    const window = symbolBatch(this.steps, this.batch);
    const positions: number[] = [];
    for (let lane = 0; lane < this.batch; lane++) {
      const reached = this.#positions?.[lane];
      const goesOn = reached !== undefined && reached + this.steps <= last;
      const first = Math.floor((lane * last) / this.batch);
      const start = goesOn ? reached : reached === undefined ? first : 0;
      if (goesOn) window.reset[lane] = 0;
      fillLane(window, lane, training, start, training.length);
      positions.push(start + this.steps);
    }
    this.#positions = positions;
    return window;
  }

  #nextRandom(): Batch {
    const { training } = this.#text;
    const window = symbolBatch(this.steps, this.batch);
    for (let lane = 0; lane < this.batch; lane++) {
      fillLane(window, lane, training, this.#random.integer(0, training.length - 1 - this.steps), training.length);
    }
    return window;
  }
}

/** Writes characters from `start` on into a lane, each asking for the one after it; what lies beyond `end` is masked. */
function fillLane(
  window: ReturnType<typeof symbolBatch>,
  lane: number,
  text: Indices,
  start: number,
  end: number,
): void {
  for (let t = 0; t < window.steps && start + t < end; t++) {
    window.inputs.indices[t * window.batch + lane] = text[start + t] ?? 0;
    const next = text[start + t + 1];
    if (next !== undefined) setClassTarget(window, t, lane, next);
  }
}

function baselinesOf(
  experiment: ResolvedExperiment,
  { characters, training }: SplitText,
  steps: number,
): readonly Baseline[] {
  const distinct = characters.length;
  const known = (name: string, source: string, nats: number): Baseline => ({
    name,
    source,
    value: reportedLoss(
      patternOf(steps, () => nats),
      experiment,
      distinct,
    ),
  });
  return [
    known('uniform', `${distinct} characters, each as likely: ln ${distinct}`, Math.log(distinct)),
    known(
      'character frequencies',
      'entropy of single characters in the training part',
      unigramEntropy(training, distinct),
    ),
    known(
      'pairs of characters',
      'entropy of a character given the one before, in the training part',
      bigramEntropy(training, distinct),
    ),
  ];
}
