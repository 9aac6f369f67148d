import type { Batch } from './batch';
import type { SequenceDescription } from './sourceContract';
import { roundToDigits } from '../text/numbers';

const visible: Readonly<Record<string, string>> = { ' ': '␣', '\n': '⏎', '\r': '␍', '\t': '⇥' };

/** One sequence of a batch as text: names of symbols, or numbers with four digits. */
export function describeSequence(
  batch: Batch,
  sequence: number,
  inputNames: readonly string[],
  outputNames: readonly string[],
): SequenceDescription {
  const steps = Array.from({ length: batch.steps }, (_, t) => t * batch.batch + sequence);
  const { inputs, targets, mask } = batch;
  return {
    inputs: steps.map((cell) =>
      inputs.kind === 'oneHot' ? named(inputNames, inputs.indices[cell]) : row(inputs.values, cell, inputNames.length),
    ),
    targets: steps.map((cell) => {
      if (mask[cell] === 0) return undefined;
      return targets.kind === 'classes'
        ? named(outputNames, targets.indices[cell])
        : row(targets.values, cell, outputNames.length);
    }),
  };
}

function named(names: readonly string[], index: number | undefined): string {
  const name = names[index ?? -1] ?? '';
  return visible[name] ?? name;
}

function row(values: Float64Array, cell: number, width: number): string {
  const numbers = values.subarray(cell * width, (cell + 1) * width);
  return Array.from(numbers, (value) => String(roundToDigits(value, 4))).join(', ');
}
