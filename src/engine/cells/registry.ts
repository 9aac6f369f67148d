import type { CellName } from '../spec';
import type { Cell } from './cell';
import { gru } from './gru';
import { lstm } from './lstm';
import { mgu } from './mgu';
import { rnn } from './rnn';

/** Every cell by its name: a name without a cell does not compile. */
const registry: Readonly<Record<CellName, Cell>> = { rnn, lstm, gru, mgu };

/** All cells that a network can be built from; the tests of cells run over this list. */
export const cells: readonly Cell[] = Object.values(registry);

/** The cell with that name; throws RangeError, listing the known ones, if there is none. */
export function cellNamed(name: string): Cell {
  const cell = cells.find((candidate) => candidate.name === name);
  if (cell === undefined) {
    const known = Object.keys(registry).join(', ');
    throw new RangeError(`There is no cell "${name}". Known cells: ${known}. Choose one of them as model.cell.`);
  }
  return cell;
}
