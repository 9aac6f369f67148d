import type { Inspection } from '../../../src/protocol/inspection';
import type { Projection } from '../../../src/protocol/output';
import type { Table } from '../../plot/table';
import { inDataUnit } from '../dataUnit';
import { translate } from '../../../src/text/translate';

/** The states along their two principal components: a row per state. */
export function outputTable(projection: Projection, { inputNames, outputNames, scaling }: Inspection): Table {
  const { points, sequences, steps, inputs, targets, topPredictions, values, update, layer } = projection;
  const name = (names: readonly string[], index: number | undefined): string => names[index ?? -1] ?? '';
  const isClasses = topPredictions.some((index) => index >= 0);
  return {
    caption: translate`States of layer ${layer} along their principal components at update ${update}`,
    columns: [
      translate`sequence`,
      't',
      'x_t',
      'PC 1',
      'PC 2',
      ...(isClasses ? [translate`target`, translate`top prediction`] : [translate`predicted`]),
    ],
    rows: Array.from(sequences, (row, n) => [
      row,
      steps[n] ?? NaN,
      name(inputNames, inputs[n]),
      points[2 * n] ?? NaN,
      points[2 * n + 1] ?? NaN,
      ...(isClasses
        ? [name(outputNames, targets[n]), name(outputNames, topPredictions[n])]
        : [inDataUnit(values[n] ?? NaN, scaling?.targets[0])]),
    ]),
  };
}
