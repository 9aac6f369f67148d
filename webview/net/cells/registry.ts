import type { CellName } from '../../../src/experiment/schema/cellNames';
import { gru } from './gru';
import { lstm } from './lstm';
import { mgu } from './mgu';
import type { CellNotation, NodeNotation } from './notation';
import { rnn } from './rnn';

/** The notation of every recurrent cell: a cell without one does not compile. */
export const notations: Readonly<Record<CellName, CellNotation>> = { rnn, lstm, gru, mgu };

/** A state, gate or candidate of a cell by its name; throws Error where the cell has none. */
export function nodeNotation(cell: CellName, name: string): NodeNotation {
  const { states, rows } = notations[cell];
  const found = [...states, ...rows].find((node) => node.name === name);
  if (found === undefined) throw new Error(`The cell "${cell}" has no node "${name}".`);
  return found;
}
