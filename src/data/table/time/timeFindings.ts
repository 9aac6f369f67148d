import type { Fix } from '../../../experiment/problems/fix';
import type { CsvData } from '../../../experiment/schema/schema';
import { formatCount, formatExact } from '../../../text/numbers';
import { quote } from '../../../text/quoting';
import type { TimeFacts } from './rowOrder';
import type { DataFinding } from '../../sourceContract';
import { settingFix } from '../tableFixes';
import type { WrongTimeOrder } from './timeOrder';

/** The share of missing times from which they are reported: many published tables leave out a leap day. */
const reportedShare = 0.01;

/** What is known of the times of a table. */
export interface TimesToCheck {
  readonly data: CsvData;
  /** Undefined without a column of times. */
  readonly times: TimeFacts | undefined;
  /** Of a column that the experiment does not name. */
  readonly wrongOrder: WrongTimeOrder | undefined;
  /** The line in the file of a row, in the order in which the rows are used. */
  readonly lineOf: (row: number) => number;
}

/** Findings about the order of the rows in time. */
export function timeFindings({ data, times, wrongOrder, lineOf }: TimesToCheck): readonly DataFinding[] {
  const found: DataFinding[] = [];
  const add = (level: DataFinding['level'], at: string, message: string, fixes: readonly Fix[] = []): void => {
    found.push({ code: 'inputScale', level, keyPath: ['data', 'time'], at: ['data', at], message, fixes });
  };
  const { csv, time = '' } = data;
  if (wrongOrder !== undefined) {
    const { column, kind, count, line } = wrongOrder;
    if (kind === 'backwards') {
      add(
        'warning',
        'csv',
        `The rows of ${quote(csv)} run backwards in time: from row ${formatExact(line)} on, column ${quote(column)} goes back in ${formatCount(count, 'row')}, so that a net predicts the past. Set "time" to ${quote(column)}, which sorts them.`,
        [settingFix({ time: column })],
      );
    } else {
      add(
        'hint',
        'csv',
        `Column ${quote(column)} of ${quote(csv)} goes back in ${formatCount(count, 'row')}, first in row ${formatExact(line)}: windows span these places. If the table has several sequences, name the column that tells them apart in "sequence"; otherwise set "time" to ${quote(column)}, which sorts the rows.`,
        [settingFix({ time: column })],
      );
    }
  }
  if (times !== undefined && times.repeated > times.rows / 2) {
    add(
      'warning',
      'time',
      `Once sorted by ${quote(time)}, ${formatCount(times.repeated, 'row')} of ${formatExact(times.rows)} of ${quote(csv)} have the time of the row before: the column is a part of the time, such as an hour, or coarser than the rows, and sorting by it may take rows out of their order. Use a column with the full time, or leave "time" out if the rows are in order.`,
    );
  } else if (times?.firstRepeated !== undefined) {
    add(
      'hint',
      'time',
      `Column ${quote(time)} of ${quote(csv)} repeats the time of the row before in ${formatCount(times.repeated, 'row')}, first in row ${formatExact(lineOf(times.firstRepeated))}: every row counts as one step of time. Keep one row for each time.`,
    );
  }
  if (times?.firstMissing !== undefined && times.missing > reportedShare * times.rows) {
    add(
      'hint',
      'time',
      `Column ${quote(time)} of ${quote(csv)} leaves out ${formatCount(times.missing, 'time')}, the first before row ${formatExact(lineOf(times.firstMissing))}: every row counts as one step of time. Add rows with empty cells for them, and set "gaps".`,
    );
  }
  return found;
}
