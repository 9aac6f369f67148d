import { Range } from 'vscode';
import type { SourceRange } from '../../experiment/problems/problem';

/** The range of a place, which counts lines and columns from 1 and is on one line. */
export function rangeOf({ line, column, length }: SourceRange): Range {
  return new Range(line - 1, column - 1, line - 1, column - 1 + length);
}
