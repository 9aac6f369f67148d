import type { Fix } from './fix';
import type { KeyPath } from '../document/keyPath';

export type { KeyPath } from '../document/keyPath';

/** A range of an experiment file's text, for diagnostics and CodeLens. Lines and columns count from 1, in UTF-16 units. */
export interface SourceRange {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

/** Why something cannot start: a message with the value that was found, the allowed values and what to do. */
export interface KeyProblem {
  /** Stable name of the kind of problem. */
  readonly code: string;
  readonly message: string;
  /** The key the message is about; `[]` is the file itself. */
  readonly keyPath: KeyPath;
  /** Changes of the experiment that clear it, each on its own, the most likely first. */
  readonly fixes?: readonly Fix[];
  /** Where the fault is in a data file; the first few places if there are several. */
  readonly dataPlaces?: readonly DataPlace[];
}

/** A range on one line of a data file. Line and column count from 1, in UTF-16 units. */
export interface DataPlace {
  /** The file's path as the experiment names it. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** What is there, such as 'an empty cell in column "wind"'. */
  readonly label: string;
}

/** A problem with its place in the file. */
export interface Problem extends KeyProblem {
  readonly place: SourceRange;
}
