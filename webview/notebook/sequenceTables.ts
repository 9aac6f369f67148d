import type { Inspection } from '../../src/protocol/inspection';
import { formatInput } from './formatStep';
import type { NetRow } from '../net/rows';
import { targetClass, targetProbabilities, topClass } from './stepLoss/ranking';
import type { Table } from '../plot/table';

/** One kind of node over all steps: a row per step, a column per unit. */
export function netTable(inspection: Inspection, { symbol, node, values, units }: NetRow): Table {
  const { steps, sequence, update, outputNames, inputNames } = inspection;
  const names = node === 'y' ? outputNames : node === 'x' ? inputNames : undefined;
  return {
    caption: `${symbol} of sequence ${sequence} at update ${update}`,
    columns: ['t', 'x_t', ...Array.from({ length: units }, (_, unit) => `${symbol}[${names?.[unit] ?? unit}]`)],
    rows: Array.from({ length: steps }, (_, t) => [
      t,
      formatInput(inspection, t),
      ...values.subarray(t * units, (t + 1) * units),
    ]),
  };
}

/** L_t over the steps, with predictions and targets. */
export function stepLossTable(inspection: Inspection): Table {
  const { steps, sequence, update, lossPerStep, sequenceLoss, mask, lossKind, outputNames, outputs, targets } =
    inspection;
  const isClasses = lossKind === 'crossEntropy';
  const width = outputNames.length;
  const name = (index: number | undefined): string => (index === undefined ? '' : (outputNames[index] ?? ''));
  const probabilities = isClasses ? targetProbabilities(inspection) : undefined;
  return {
    caption: `Loss per step of sequence ${sequence} at update ${update}`,
    columns: [
      't',
      'L_t of the batch',
      'contribution of this sequence',
      ...(isClasses
        ? ['target', 'top prediction', 'p(target)']
        : outputNames.flatMap((y) => [`${y} target`, `${y} predicted`])),
    ],
    rows: Array.from({ length: steps }, (_, t) => [
      t,
      lossPerStep[t] ?? NaN,
      mask[t] === 1 ? (sequenceLoss[t] ?? NaN) : NaN,
      ...(probabilities !== undefined
        ? [name(targetClass(inspection, t)), name(topClass(inspection, t)), probabilities[t] ?? NaN]
        : outputNames.flatMap((_, o) => [
            mask[t] === 1 ? (targets[t * width + o] ?? NaN) : NaN,
            outputs[t * width + o] ?? NaN,
          ])),
    ]),
  };
}
