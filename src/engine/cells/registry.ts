import type { Cell } from './cell';
import { gru } from './gru';
import { lstm } from './lstm';
import { rnn } from './rnn';

/** Every cell that a network can be built of; all tests of cells run over this list. */
export const cells: readonly Cell[] = [rnn, lstm, gru];

/** The cell of that name; throws RangeError, naming the known ones, where there is none. */
export function cellNamed(name: string): Cell {
  const cell = cells.find((candidate) => candidate.name === name);
  if (cell === undefined) {
    const known = cells.map((candidate) => candidate.name).join(', ');
    throw new RangeError(`There is no cell "${name}". Known cells: ${known}. Choose one of them as model.cell.`);
  }
  return cell;
}
