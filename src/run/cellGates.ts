import type { Gate } from '../engine/cells/cell';
import { cellNamed } from '../engine/cells/registry';
import type { CellName } from '../experiment/schema/cellNames';

export type { Gate } from '../engine/cells/cell';

/** The gates and candidates of a cell in the order of their rows, each with its role, as the engine's cell declares them. */
export function gatesOf(cell: CellName): readonly Gate[] {
  return cellNamed(cell).gates;
}

/** Whether the cell has gates at all: the vanilla RNN has a candidate only. */
export function isGated(cell: CellName): boolean {
  return gatesOf(cell).some(({ role }) => role !== 'candidate');
}
