import type { Inspection } from '../../src/protocol/inspection';
import { inputInWords } from '../cells/stepInWords';
import type { NetRow } from '../net/rows';
import type { Table } from './table';

/** One kind of node over all steps: a row a step, a column a unit. */
export function netTable(inspection: Inspection, { symbol, node, values, units }: NetRow): Table {
  const { steps, sequence, update, outputNames, inputNames } = inspection;
  const names = node === 'y' ? outputNames : node === 'x' ? inputNames : undefined;
  return {
    caption: `${symbol} of sequence ${sequence} at update ${update}`,
    columns: ['t', 'x_t', ...Array.from({ length: units }, (_, unit) => `${symbol}[${names?.[unit] ?? unit}]`)],
    rows: Array.from({ length: steps }, (_, t) => [
      t,
      inputInWords(inspection, t),
      ...values.subarray(t * units, (t + 1) * units),
    ]),
  };
}
