import assert from 'node:assert/strict';
import { summarizeColumns } from '../../../src/data/table/columnSummary';
import { decodeText } from '../../../src/data/files/textFile';
import { experimentOver } from './openedSource';
import type { CsvData } from '../../../src/experiment/schema/schema';

/** The summaries of the columns of a table, by name. */
function columnsOf(lines: readonly string[], keys: object = {}) {
  const decoded = decodeText(new TextEncoder().encode(lines.join('\n')), 'a.csv', []);
  assert.ok(decoded.kind !== 'refused');
  const experiment = experimentOver({ data: { csv: 'a.csv', inputs: ['x'], targets: ['x'], ...keys } });
  const columns = summarizeColumns(decoded.text, experiment.data as CsvData);
  return Object.fromEntries(columns.map((column) => [column.name, column]));
}

describe('The summary of columns', () => {
  it('finds the column that marks sequences, and what has one value in each', () => {
    const rows = Array.from({ length: 60 }, (_, row) => {
      const id = Math.floor(row / 5);
      // The speaker comes again after others, so it marks no sequences.
      return `${id},s${id % 3},${row},${(row * 7) % 10}`;
    });
    const { id, speaker, x, y } = columnsOf(['id,speaker,x,y', ...rows]);
    assert.deepEqual(id?.sequences, { count: 12, constants: ['speaker'] });
    assert.equal(speaker?.sequences, undefined);
    assert.equal(x?.sequences, undefined);
    assert.equal(y?.sequences, undefined);
    assert.deepEqual([id?.isFewWholeNumbers, y?.isFewWholeNumbers, x?.isFewWholeNumbers], [true, true, false]);
  });

  it('takes no part of a time for a mark of sequences', () => {
    const rows = Array.from({ length: 96 }, (_, row) => `${2000 + Math.floor(row / 24)},${row}`);
    assert.equal(columnsOf(['year,x', ...rows])['year']?.sequences, undefined);
  });

  it('finds sequences that begin with short ones, and none in more than the rows allow', () => {
    const long = Array.from({ length: 900 }, (_, row) => `b${Math.floor(row / 30)},${row}`);
    const short = Array.from({ length: 80 }, (_, row) => `a${row},${row}`);
    assert.equal(columnsOf(['id,x', ...short, ...long])['id']?.sequences?.count, 110);
    const pairs = Array.from({ length: 400 }, (_, row) => `${Math.floor((2 * row) / 3)},${row}`);
    assert.equal(columnsOf(['id,x', ...pairs])['id']?.sequences, undefined);
  });

  it('tells the time of the rows from a date that many rows share', () => {
    const rows = Array.from(
      { length: 48 },
      (_, row) =>
        `2024-01-${row < 24 ? '01' : '02'},2024-01-0${row < 24 ? 1 : 2} ${String(row % 24).padStart(2, '0')}:00,${row}`,
    );
    const { day, time } = columnsOf(['day,time,x', ...rows]);
    assert.deepEqual([day?.kind, day?.isTimeOfRows, time?.isTimeOfRows], ['date', false, true]);
  });

  it('counts the rows without a value', () => {
    assert.equal(columnsOf(['x,y', '1,2', 'NA,3', ',4', '5,6'])['x']?.missing, 2);
  });
});
