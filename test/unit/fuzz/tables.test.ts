import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readTable, type ReadTable } from '../../../src/data/table/csvTable';
import type { TableFormat } from '../../../src/data/table/tableFormat';
import { csvSchema } from '../../../src/experiment/schema/csvSchema';
import { decodeText } from '../../../src/data/files/textFile';
import { tables, type GeneratedTable } from './tableDialects';

/** Seconds; `npm run fuzz` sets more. */
const budget = Number(process.env['UNROLL_FUZZ_SECONDS'] ?? 1);

function read(
  { text, columns }: GeneratedTable,
  format: TableFormat,
  content = new TextEncoder().encode(text),
): ReadTable {
  const decoded = decodeText(content, 'a.csv', ['data', 'csv']);
  if (decoded.kind === 'refused') return decoded;
  const requested = columns.map(({ name }) => ({ name, kind: 'number' as const, keyPath: ['data', 'inputs'] }));
  const inputs = columns.map(({ name }) => name);
  const written = { ...csvSchema.parse({ csv: 'a.csv', inputs, length: 1 }), ...format, targets: inputs, horizon: 1 };
  return readTable(decoded.text, requested, written);
}

function assertEqual(found: Extract<ReadTable, { kind: 'table' }>, { columns, lines }: GeneratedTable): void {
  assert.deepEqual(
    found.columns.map(({ values }) => [...values]),
    columns.map(({ values }) => values),
  );
  assert.deepEqual(
    lines.map((_, row) => found.lines.lineOf(row)),
    lines,
  );
  const missing = columns.flatMap(({ values }) => values.filter(Number.isNaN));
  assert.equal(found.gaps.cells, missing.length);
}

/** Numbers as other programs write them, and what is said about them. */
const notations: readonly (readonly [write: (value: number) => string, advice: RegExp])[] = [
  [(value) => `${value}.5%`, /Remove "%"/],
  [(value) => `€ ${value}.5`, /signs of the currency/],
  [(value) => `${value}.5 kWh`, /in the same unit/],
  [(value) => `${value}.5M`, /in full/],
  [(value) => `${value}.5,`, /Remove the "," after/],
  [(value) => `(${value}.5)`, /without brackets/],
  [(value) => `−${value}.5`, /hyphen-minus/],
  [(value) => `${value}.5D+02`, /"e" before the exponent/],
  [(value) => `${value},5`, /Set "decimal" to ","/],
  [(value) => `${value % 900}.100,5`, /Set "decimal" to ",", and remove the thousands/],
  [(value) => `1 ${String(value % 1000).padStart(3, '0')}.5`, /thousands separators/],
  [(value) => `temp: ${value}.5`, /number alone|names, delete/],
];

const limits = { numRuns: 1e9, interruptAfterTimeLimit: budget * 1000, markInterruptAsFailure: false };

describe('Generated tables', function () {
  this.timeout((budget + 60) * 1000);

  it('are read back as they were written, in every dialect', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const found = read(table, table.dialect);
        assert.ok(found.kind === 'table', JSON.stringify(found));
        assertEqual(found, table);
      }),
      limits,
    );
  });

  it('are read back as they were written or refused, where the delimiter is to be found', () => {
    let readTables = 0;
    let refusedTables = 0;
    fc.assert(
      fc.property(tables, (table) => {
        const found = read(table, { ...table.dialect, delimiter: 'auto' });
        if (found.kind === 'table') {
          readTables += 1;
          assertEqual(found, table);
        } else {
          refusedTables += 1;
          for (const { message } of found.problems) assert.ok(message.length < 1000, message);
        }
      }),
      limits,
    );
    assert.ok(readTables > refusedTables, `${readTables} read, ${refusedTables} refused`);
  });

  it('are read or refused with a bounded message, whatever the experiment says of their dialect', () => {
    fc.assert(
      fc.property(tables, tables, (table, { dialect }) => {
        const found = read(table, dialect);
        if (found.kind === 'table') return;
        assert.ok(found.problems.length > 0);
        for (const { message, code } of found.problems) assert.ok(message.length < 2000 && code !== '', message);
      }),
      limits,
    );
  });

  it('with a number in a notation that is not read are refused at its row, with what to do', () => {
    const damaged = fc.record({
      values: fc.array(fc.integer({ min: 1, max: 99_999 }), { minLength: 2, maxLength: 12 }),
      at: fc.nat(),
      notation: fc.constantFrom(...notations),
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      isAbove: fc.boolean(),
    });
    fc.assert(
      fc.property(damaged, ({ values, at, notation: [write, advice], lineEnd, isAbove }) => {
        const place = at % values.length;
        const rows = values.map((value, row) => `${row};${row === place ? write(value) : `${value}.5`}`);
        const row = place + 2 + (isAbove ? 1 : 0);
        const text = [...(isAbove ? ['sep=;'] : []), 'x;y', ...rows, ''].join(lineEnd);
        const written = { ...csvSchema.parse({ csv: 'a.csv', inputs: ['y'] }), targets: ['y'], length: 1, horizon: 1 };
        const decoded = decodeText(new TextEncoder().encode(text), 'a.csv', ['data', 'csv']);
        assert.ok(decoded.kind !== 'refused');
        const found = readTable(decoded.text, [{ name: 'y', kind: 'number', keyPath: ['data', 'inputs'] }], written);
        assert.ok(found.kind === 'refused', text);
        const message = found.problems[0]?.message ?? '';
        assert.match(message, new RegExp(`row ${row} has "`));
        assert.match(message, advice);
      }),
      limits,
    );
  });

  it('in UTF-16 are named as such', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const content = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(table.text, 'utf16le')]);
        const found = read(table, table.dialect, new Uint8Array(content));
        assert.ok(found.kind === 'refused');
        assert.match(found.problems[0]?.message ?? '', /is UTF-16 text\. Save it as UTF-8\./);
      }),
      { numRuns: 20 },
    );
  });
});
