import type { Inspection } from '../../../src/protocol/inspection';
import { visibleSymbol } from '../formatStep';
import { inputGradientNorms } from './inputGradient';
import { sequenceName } from '../probe/probeName';
import type { Table } from '../../plot/table';
import { translate } from '../../../src/text/translate';

/** Columns of single inputs. */
const mostInputs = 64;

/** ‖∂L/∂h_t‖ of one sequence, split, and ∂L/∂x_t, over the steps. */
export function backwardTable(
  inspection: Inspection,
  layer: number,
  norms: { readonly total: Float64Array; readonly local: Float64Array; readonly later: Float64Array },
): Table {
  const { update, steps } = inspection;
  const ofInputs = inputGradientNorms(inspection);
  const hasInputs = ofInputs.length > 0;
  const inputs = inspection.inputNames.slice(0, mostInputs);
  return {
    caption: translate`‖∂L/∂h_t‖ of ${sequenceName(inspection)} at update ${update}, layer ${layer}`,
    columns: [
      't',
      translate`total`,
      translate`from this step`,
      translate`from step t+1`,
      ...(hasInputs ? ['‖∂L/∂x_t‖', ...inputs.map((name) => `∂L/∂x_t[${visibleSymbol(name)}]`)] : []),
    ],
    rows: Array.from({ length: steps }, (_, t) => [
      t,
      norms.total[t] ?? NaN,
      norms.local[t] ?? NaN,
      norms.later[t] ?? NaN,
      ...(hasInputs
        ? [ofInputs[t] ?? NaN, ...inputs.map((_, i) => inspection.dInputs[t * inspection.inputNames.length + i] ?? NaN)]
        : []),
    ]),
  };
}
