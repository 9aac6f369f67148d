import assert from 'node:assert/strict';
import fc from 'fast-check';
import Papa from 'papaparse';
import { maxRowLength, MalformedRow, rowsOf, type CsvFormat } from '../../../src/data/table/csvRows';

const comma: CsvFormat = { delimiter: ',' };

/** All rows of a text that is given in pieces of `size` characters. */
function rowsIn(text: string, format = comma, size = text.length): string[][] {
  const pieces = Array.from({ length: Math.ceil(text.length / Math.max(1, size)) }, (_, at) =>
    text.slice(at * size, (at + 1) * size),
  );
  return Array.from(rowsOf(pieces, format), (row) => Array.from({ length: row.width }, (_, at) => row.cell(at) ?? ''));
}

/** A text in pieces, with a count of the pieces that were read. */
function* countedPieces(text: string, seen: (characters: number) => void): Generator<string, void, undefined> {
  for (let at = 0; at < text.length; at += 65_536) {
    const piece = text.slice(at, at + 65_536);
    seen(piece.length);
    yield piece;
  }
}

const lineEnds = fc.constantFrom('\n', '\r\n', '\r');
const cells = fc.oneof(
  fc.string({ maxLength: 6 }).map((cell) => cell.replace(/["\r\n,;]/g, '')),
  fc.constantFrom('1', '-2.5', '', ' ', '3e2', 'ä€😀'),
  fc.string({ maxLength: 6 }).map((cell) => `"${cell.replaceAll('"', '""')}"`),
  fc.constantFrom('"a ""b"""', '"a,b"', '"two\nlines"', '""', '"a" '),
);
const tables = fc.tuple(
  fc.array(fc.array(cells, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
  lineEnds,
  fc.constantFrom(',', ';'),
  fc.boolean(),
);

describe('The rows of a CSV text', () => {
  it('equal those of Papa Parse, in pieces of any length', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 40 }), ([rows, lineEnd, delimiter, ends], piece) => {
        const text = rows.map((row) => row.join(delimiter)).join(lineEnd) + (ends ? lineEnd : '');
        const { data, errors } = Papa.parse<string[]>(text, { delimiter, newline: lineEnd });
        // A blank after the last quote of a file is an error for Papa Parse, but not here.
        fc.pre(errors.length === 0 && text !== '');
        assert.deepEqual(rowsIn(text, { delimiter }, piece), data);
      }),
      { numRuns: 2000 },
    );
  });

  it('may end in different ways in one file', () => {
    const ends = fc.constantFrom('\n', '\r\n', '\r', '\r\r\n');
    const rows = fc.array(fc.tuple(fc.constantFrom('1,2', '"a\r\nb",c', 'x,'), ends), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), (written, piece) => {
        const text = `${written.map((row) => row.join('')).join('')}last,row`;
        const expected = [...written.map(([row]) => row), 'last,row'].map((row) =>
          row.split(',').map((cell) => cell.replaceAll('"', '')),
        );
        assert.deepEqual(rowsIn(text, comma, piece), expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('begin at the lines that VS Code shows, whatever ends them', () => {
    const ends = fc.constantFrom('\n', '\r\n', '\r', '\r\r\n');
    const rows = fc.array(fc.tuple(fc.constantFrom('1,2', '"a\r\r\nb",c'), ends), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), (written, size) => {
        const text = `${written.map((row) => row.join('')).join('')}last,row`;
        const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
          text.slice(at * size, (at + 1) * size),
        );
        // VS Code's text buffer ends a line at CRLF, at CR and at LF.
        const lineOf = (row: number): number => {
          const before = written.slice(0, row).map((one) => one.join(''));
          return before.join('').split(/\r\n|\r|\n/).length;
        };
        const lines = Array.from(rowsOf(pieces, comma), ({ line }) => line);
        assert.deepEqual(lines, [...written.keys(), written.length].map(lineOf));
      }),
      { numRuns: 2000 },
    );
    const [place] = Array.from(rowsOf(['a,b\r\r\n"x\r\r\ny",2'], comma), (row) => row.placeOf(1)).slice(1);
    assert.deepEqual(place, { line: 5, column: 4, length: 1 });
  });

  it('are separated by any number of blanks where the delimiter is a blank', () => {
    const blanks = (least: number) => fc.integer({ min: least, max: 3 }).map((count) => ' '.repeat(count));
    const cell = fc.constantFrom('1', '-2.5', 'ab', '"a b"');
    const row = fc.tuple(blanks(0), fc.array(fc.tuple(cell, blanks(1)), { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 9 }), (written, piece) => {
        const text = written.map(([lead, cells]) => lead + cells.flat().join('')).join('\n');
        const expected = written.map(([, cells]) => cells.map(([one]) => one.replaceAll('"', '')));
        assert.deepEqual(rowsIn(text, { delimiter: ' ' }, piece), expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('are reported with their line if they cannot be parsed', () => {
    const fault = (text: string): MalformedRow => {
      let found: unknown;
      assert.throws(
        () => rowsIn(text, comma, 3),
        (error) => {
          found = error;
          return true;
        },
      );
      assert.ok(found instanceof MalformedRow, String(found));
      return found;
    };
    assert.deepEqual([fault('a\n"b\nc",1\n"x"y\n').line, fault('a\n"x"y\n').kind], [4, 'trailingQuote']);
    assert.deepEqual([fault('a\n\n"x\n\n').line, fault('a\n"x\n').kind], [3, 'openQuote']);
  });

  it('have a maximum length, and reading stops there', () => {
    for (const text of [
      ','.repeat(4 * maxRowLength),
      `"${'a'.repeat(4 * maxRowLength)}`,
      `"${'""'.repeat(2 * maxRowLength)}`,
    ]) {
      let drawn = 0;
      const rows = rowsOf(
        countedPieces(text, (count) => (drawn += count)),
        comma,
      );
      assert.throws(() => [...rows], { name: 'MalformedRow', kind: 'tooLong' });
      assert.ok(drawn <= 2.5 * maxRowLength, `${drawn} characters of ${text.length}`);
    }
  });
});
