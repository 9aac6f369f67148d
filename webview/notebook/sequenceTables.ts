import type { Inspection } from '../../src/protocol/inspection';
import { inDataUnit, isScaled } from './dataUnit';
import { formatNetInput } from './formatStep';
import type { NetRow } from '../net/rows';
import { sequenceName } from './probe/probeName';
import { targetClass, targetProbabilities, topClass } from './stepLoss/ranking';
import type { Table } from '../plot/table';
import { translate } from '../../src/text/translate';

/** One kind of node over all steps: a row per step, a column per unit. */
export function netTable(inspection: Inspection, { symbol, node, values, units, isAt }: NetRow): Table {
  const { steps, update, outputNames, inputNames } = inspection;
  const names = node === 'y' ? outputNames : node === 'x' ? inputNames : undefined;
  return {
    caption: translate`${symbol} of ${sequenceName(inspection)} at update ${update}${isScaled(inspection) && names !== undefined ? translate`, in the scaled unit` : ''}`,
    columns: ['t', 'x_t', ...Array.from({ length: units }, (_, unit) => `${symbol}[${names?.[unit] ?? unit}]`)],
    rows: Array.from({ length: steps }, (_, t) => [
      t,
      formatNetInput(inspection, t),
      ...values.subarray(t * units, (t + 1) * units).map((value) => (isAt(t) ? value : NaN)),
    ]),
  };
}

/** L_t over the steps, with predictions and targets. */
export function stepLossTable(inspection: Inspection): Table {
  const { steps, update, lossPerStep, sequenceLoss, mask, lossKind, outputNames, outputs, targets, end } = inspection;
  const scaled = isScaled(inspection) && lossKind === 'mse' ? translate`, scaled` : '';
  const ownUnit = (values: Float64Array, t: number, o: number): number =>
    inDataUnit(values[t * width + o] ?? NaN, inspection.scaling?.targets[o]);
  const isClasses = lossKind === 'crossEntropy';
  const width = outputNames.length;
  const name = (index: number | undefined): string => (index === undefined ? '' : (outputNames[index] ?? ''));
  const probabilities = isClasses ? targetProbabilities(inspection) : undefined;
  return {
    caption: translate`Loss per step of ${sequenceName(inspection)} at update ${update}`,
    columns: [
      't',
      translate`L_t of the batch${scaled}`,
      translate`contribution of this sequence${scaled}`,
      ...(isClasses
        ? [translate`target`, translate`top prediction`, translate`p(target)`]
        : outputNames.flatMap((y) => [translate`${y} target`, translate`${y} predicted`])),
    ],
    rows: Array.from({ length: steps }, (_, t) => [
      t,
      lossPerStep[t] ?? NaN,
      mask[t] === 1 ? (sequenceLoss[t] ?? NaN) : NaN,
      ...(probabilities !== undefined
        ? [name(targetClass(inspection, t)), t < end ? name(topClass(inspection, t)) : '', probabilities[t] ?? NaN]
        : outputNames.flatMap((_, o) => [
            mask[t] === 1 ? ownUnit(targets, t, o) : NaN,
            t < end ? ownUnit(outputs, t, o) : NaN,
          ])),
    ]),
  };
}
