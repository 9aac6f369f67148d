import type { KeyPath } from '../../experiment/problems/problem';
import type { CsvData } from '../../experiment/schema/schema';
import type { ArrangedTable } from './arrangedTable';
import type { TimesToCheck } from './time/timeFindings';

/** A column of numbers that is used, in the order in which its rows are used. */
export interface UsedColumn {
  readonly name: string;
  readonly keyPath: KeyPath;
  readonly values: Float64Array;
  readonly isTarget: boolean;
}

/** The table that findings are about. */
export interface Context {
  readonly data: CsvData;
  readonly table: ArrangedTable;
  readonly lineOf: TimesToCheck['lineOf'];
}
