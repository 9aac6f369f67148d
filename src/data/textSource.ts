import type { KeyProblem } from '../experiment/problems/problem';
import type { ResolvedExperiment, TextData } from '../experiment/schema/schema';
import { setClassTarget, symbolBatch, typedBatch, type Batch } from './batch';
import type { FileContent } from './files/fileContent';
import { dataTooLarge } from './files/dataSize';
import { describeSequence } from './sequenceDescription';
import { patternOf, reportedLoss } from './lossPattern';
import { randomFrom, randomFromState, type Random } from './random';
import { batchTooLarge } from './batchSize';
import type { Baseline, DataMemory, SequenceDescription, OpenedSource, Source, TypedSequences } from './sourceContract';
import { readSourceState, type SourceState } from './sourceState';
import { nextSymbol } from './tasks/task';
import { decodeText } from './files/textFile';
import { bigramEntropy, pairCountBytes, unigramCrossEntropy, unigramEntropy } from './textStatistics';
import { encodeText, type EncodedText } from './vocabulary';
import { formatCount, formatExact } from '../text/numbers';
import { quote } from '../text/quoting';

type Indices = EncodedText['indices'];

/** Bytes of a distinct character as a string, and in lists of names. */
const characterBytes = 64;

/** Maximum number of held-out characters that one validation predicts. */
export const maxValidated = 10_000;

/** Opens a text for next-character prediction; binary, empty and too short files are problems. */
export function openText(
  experiment: ResolvedExperiment,
  data: TextData,
  content: FileContent,
  maxBytes: number,
): OpenedSource {
  const decoded = decodeText(content, data.text, ['data', 'text']);
  if (decoded.kind === 'refused') return decoded;
  // At least a byte for each character, which has at most two units.
  const tooLargeText = dataTooLarge(data.text, decoded.text.length / 2, maxBytes, ['data', 'text']);
  if (tooLargeText !== undefined) return { kind: 'refused', problems: [tooLargeText] };
  const { characters, indices } = encodeText(decoded.text.pieces);
  const held = Math.floor(indices.length * data.validation);
  const training = indices.subarray(0, indices.length - held);
  const batch = experiment.training.batch ?? 1;
  // Contiguous text is one endless sequence, so the windows of truncated training replace `length`.
  const steps = data.order === 'contiguous' && experiment.bptt !== 'full' ? experiment.bptt.forward : data.length;
  const problem =
    batchTooLarge(steps, batch, 2, ['data', 'length']) ??
    tooShort(data, indices.length, training.length, steps, batch) ??
    singleCharacter(data, characters) ??
    validationTooSmall(data, indices.length, held);
  if (problem) return { kind: 'refused', problems: [problem] };
  const text = { characters, training, heldOut: indices.subarray(indices.length - held) };
  return { kind: 'source', source: new TextSource(experiment, data, text, steps, batch) };
}

function tooShort(data: TextData, all: number, training: number, steps: number, batch: number): KeyProblem | undefined {
  const contiguous = data.order === 'contiguous';
  const needed = (contiguous ? batch * steps : steps) + 1;
  if (training >= needed) return undefined;
  const reason = contiguous
    ? `${formatCount(batch, 'sequence')} of ${formatCount(steps, 'character')}`
    : `a window of ${formatCount(steps, 'character')}`;
  const message =
    `${quote(data.text)} has ${formatCount(all, 'character')}, ${formatExact(training)} of them for training; ${reason} and the next one ` +
    `need ${formatExact(needed)}. Use a longer text, or a smaller ${contiguous ? 'batch or window' : 'length'}.`;
  return { code: 'data.tooShort', message, keyPath: ['data', 'text'] };
}

/** The problem of a text whose next character is always the same: its loss is 0 before any training. */
function singleCharacter({ text }: TextData, characters: readonly string[]): KeyProblem | undefined {
  const [only = ''] = characters;
  if (characters.length > 1) return undefined;
  const message =
    `${quote(text)} has only the character ${quote(only)}: the next one is always the same, and there is nothing to learn. ` +
    'Use a text with at least two different characters.';
  return { code: 'data.singleCharacter', message, keyPath: ['data', 'text'] };
}

function validationTooSmall(data: TextData, all: number, held: number): KeyProblem | undefined {
  if (data.validation === 0 || held >= 2) return undefined;
  const message =
    `A "validation" of ${data.validation} holds out ${formatExact(held)} of ${formatCount(all, 'character')}; at least 2 are needed, one ` +
    'as input and one as target. Write a larger fraction, or 0 to hold nothing out.';
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
  readonly isContiguous: boolean;
  readonly characters: number;
  readonly typed: TypedSequences = {
    rule: 'The target of each character is the next one.',
    batchOf: (symbols) => typedBatch(symbols, nextSymbol.targetsOf(symbols)),
  };
  readonly #text: SplitText;
  #random: Random;
  /** The next character of every sequence; undefined before the first window, and for random order. */
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
    this.isContiguous = data.order === 'contiguous';
    this.characters = text.training.length + text.heldOut.length;
    this.inputs = text.characters.length;
    this.outputs = text.characters.length;
    this.inputNames = text.characters;
    this.outputNames = text.characters;
    this.baselines = baselinesOf(experiment, text, steps);
    const { buffer, length } = text.training;
    const retained = buffer.byteLength + characterBytes * this.inputs;
    this.memory = { retained, opening: retained + pairCountBytes(length, this.inputs) };
  }

  next(): Batch {
    return this.isContiguous ? this.#nextContiguous() : this.#nextRandom();
  }

  *validation(): Iterable<Batch> {
    const { heldOut } = this.#text;
    const targets = Math.min(heldOut.length - 1, maxValidated);
    if (targets < 1) return;
    const sequences = Math.max(1, Math.min(this.batch, Math.floor(targets / this.steps)));
    const length = Math.ceil(targets / sequences);
    for (let start = 0; start < length; start += this.steps) {
      const window = symbolBatch(Math.min(this.steps, length - start), sequences);
      for (let sequence = 0; sequence < sequences; sequence++) {
        const end = Math.min((sequence + 1) * length, targets);
        fillSequence(window, sequence, heldOut, sequence * length + start, end);
      }
      if (this.isContiguous && start > 0) window.reset.fill(0);
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
      throw new Error('The state is of another text or batch size. Resume with the data the run was started with.');
    }
    this.#random = randomFromState(random);
    this.#positions = positions;
  }

  describe(batch: Batch, sequence: number): SequenceDescription {
    return describeSequence(batch, sequence, this.inputNames, this.outputNames);
  }

  #nextContiguous(): Batch {
    const { training } = this.#text;
    const last = training.length - 1;
    const window = symbolBatch(this.steps, this.batch);
    const positions: number[] = [];
    for (let sequence = 0; sequence < this.batch; sequence++) {
      const reached = this.#positions?.[sequence];
      const continues = reached !== undefined && reached + this.steps <= last;
      const first = Math.floor((sequence * last) / this.batch);
      const start = continues ? reached : reached === undefined ? first : 0;
      if (continues) window.reset[sequence] = 0;
      fillSequence(window, sequence, training, start, training.length);
      positions.push(start + this.steps);
    }
    this.#positions = positions;
    return window;
  }

  #nextRandom(): Batch {
    const { training } = this.#text;
    const window = symbolBatch(this.steps, this.batch);
    for (let sequence = 0; sequence < this.batch; sequence++) {
      fillSequence(
        window,
        sequence,
        training,
        this.#random.integer(0, training.length - 1 - this.steps),
        training.length,
      );
    }
    return window;
  }
}

/** Writes characters from `start` into a sequence, each with the next one as its target; steps beyond `end` are masked. */
function fillSequence(
  window: ReturnType<typeof symbolBatch>,
  sequence: number,
  text: Indices,
  start: number,
  end: number,
): void {
  for (let t = 0; t < window.steps && start + t < end; t++) {
    window.inputs.indices[t * window.batch + sequence] = text[start + t] ?? 0;
    const next = text[start + t + 1];
    if (next !== undefined) setClassTarget(window, t, sequence, next);
  }
}

function baselinesOf(
  experiment: ResolvedExperiment,
  { characters, training, heldOut }: SplitText,
  steps: number,
): readonly Baseline[] {
  const distinct = characters.length;
  // The characters that a validation predicts.
  const predicted = heldOut.subarray(1, Math.min(heldOut.length - 1, maxValidated) + 1);
  const baseline = (name: string, source: string, nats: number): Baseline => ({
    name,
    source,
    value: reportedLoss(
      patternOf(steps, () => nats),
      experiment,
      distinct,
    ),
  });
  return [
    baseline('uniform', `${distinct} characters, each as likely: ln ${distinct}`, Math.log(distinct)),
    {
      ...baseline(
        'character frequencies',
        'entropy of single characters in the training part',
        unigramEntropy(training, distinct),
      ),
      answer: 'constant',
    },
    baseline(
      'pairs of characters',
      'entropy of a character given the one before, in the training part',
      bigramEntropy(training, distinct),
    ),
    ...(predicted.length === 0
      ? []
      : [
          {
            ...baseline(
              'character frequencies, held out',
              'the frequency of each character in the training part, at least one, measured on the held-out part',
              unigramCrossEntropy(training, predicted, distinct),
            ),
            answer: 'constant' as const,
            heldOut: true,
          },
        ]),
  ];
}
