import { argmaxOfRow } from '../argmax';
import { randomFrom } from '../../data/random';
import type { Source } from '../../data/source';
import type { Capture } from '../../engine/instruments/capture';
import type { Window } from '../../engine/recurrence/window';
import { maxSampleLength, type Sample, type SampleRequest } from '../../protocol/output';
import type { TrainingSetup } from '../training/trainingSetup';
import { indicesOfSymbols, symbolSeparator } from '../../text/symbols';
import { withEarlierParameters } from './earlierParameters';

/**
 * Samples symbols with the parameters of before the captured update: the network reads the prompt, then each symbol is
 * drawn from softmax(ŷ / temperature) and becomes the next input. Equal requests give equal texts.
 *
 * @throws Error when the network's outputs aren't its input symbols, or the prompt contains unknown symbols
 */
export function sampleSymbols(setup: TrainingSetup, capture: Capture, request: SampleRequest): Sample {
  const { source, learner } = setup;
  const { update, temperature, seed, length } = request;
  if (!canSample(source)) {
    throw new Error(
      "This network doesn't predict the symbols that it reads, so it can't continue from its own output.",
    );
  }
  if (!(temperature >= 0) || !Number.isFinite(temperature)) {
    throw new Error(`A temperature is 0 or more; this one is ${temperature}.`);
  }
  const prompt = indicesOfSymbols(request.prompt, source.inputNames, 'prompt');
  const count = Math.min(maxSampleLength, Math.max(0, Math.floor(length)));
  const random = randomFrom(seed, 'sampling');
  const drawn: number[] = [];
  const probabilities: number[] = [];
  const observe = (window: Window, t: number, outputs: ArrayLike<number>): void => {
    if (t < window.steps - 1 || drawn.length >= count) return;
    const natural = softmax(outputs, 1);
    const index =
      temperature === 0
        ? argmaxOfRow(natural, 0, natural.length)
        : draw(softmax(outputs, temperature), random.uniform());
    drawn.push(index);
    probabilities.push(natural[index] ?? NaN);
  };
  function* windows(): Iterable<Window> {
    yield windowOf(prompt, 1);
    while (drawn.length < count) yield windowOf(drawn.slice(-1), 0);
  }
  withEarlierParameters(learner, capture, () => learner.evaluate(windows(), observe));
  return {
    update,
    text: drawn.map((index) => source.inputNames[index] ?? '').join(symbolSeparator(source.inputNames)),
    probabilities: Float64Array.from(probabilities),
  };
}

/** Whether the network's outputs are its input symbols. */
export function canSample({ inputKind, targetKind, inputNames, outputNames }: Source): boolean {
  const isSame = inputNames.length === outputNames.length && inputNames.every((name, i) => name === outputNames[i]);
  return inputKind === 'oneHot' && targetKind === 'classes' && isSame;
}

/** A window with one sequence of symbols, without targets. */
function windowOf(symbols: readonly number[], reset: 0 | 1): Window {
  const steps = symbols.length;
  return {
    steps,
    batch: 1,
    inputs: { kind: 'oneHot', indices: Int32Array.from(symbols) },
    targets: { kind: 'classes', indices: new Int32Array(steps).fill(-1) },
    mask: new Uint8Array(steps),
    reset: Uint8Array.of(reset),
  };
}

function softmax(outputs: ArrayLike<number>, temperature: number): Float64Array {
  const scaled = Float64Array.from(outputs, (value) => value / temperature);
  const largest = scaled.reduce((most, value) => Math.max(most, value), -Infinity);
  const powers = scaled.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

/** The first index at which the probabilities add up to more than `at`. */
function draw(probabilities: Float64Array, at: number): number {
  let sum = 0;
  for (let index = 0; index < probabilities.length; index++) {
    sum += probabilities[index] ?? 0;
    if (at < sum) return index;
  }
  // Rounding may leave the sum slightly below 1.
  return argmaxOfRow(probabilities, 0, probabilities.length);
}
