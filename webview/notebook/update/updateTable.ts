import type { Inspection, ParameterUpdate } from '../../../src/protocol/inspection';
import type { Table } from '../../plot/table';
import { slotName } from './slotNames';
import { translate } from '../../../src/text/translate';

/** Every element of one parameter before and after the update; the norms of all parameters where it is too large. */
export function updateTable({ parameters, update }: Inspection, chosen: ParameterUpdate | undefined): Table {
  if (chosen === undefined || chosen.before.length === 0) {
    return {
      caption: translate`Parameters at update ${update}`,
      columns: [translate`parameter`, '‖w‖', '‖g‖', translate`‖g‖ clipped`, '‖Δw‖'],
      rows: parameters.map((one) => [one.name, one.weightNorm, one.gradNorm, one.clippedNorm, one.updateNorm]),
    };
  }
  const { before, gradient, clipped, after, slots, columns } = chosen;
  return {
    caption: translate`${chosen.parameter} at update ${chosen.update}`,
    columns: [
      translate`row`,
      translate`column`,
      translate`before`,
      translate`gradient`,
      translate`clipped`,
      ...slots.map(({ name }) => slotName(chosen, name)),
      translate`update`,
      translate`after`,
    ],
    rows: Array.from(before, (value, i) => [
      Math.floor(i / columns),
      i % columns,
      value,
      gradient[i] ?? NaN,
      clipped[i] ?? NaN,
      ...slots.map(({ values }) => values[i] ?? NaN),
      (after[i] ?? NaN) - value,
      after[i] ?? NaN,
    ]),
  };
}
