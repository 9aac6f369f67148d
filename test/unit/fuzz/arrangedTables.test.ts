import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openSource, type Source } from '../../../src/data/source';
import { readHeldOutTable } from '../../../src/data/table/heldOutTable';
import type { Batch } from '../../../src/data/batch';
import { experimentOver, inputsOf } from '../data/openedSource';
import { arrangedTables, type ArrangedTableCase } from './arrangedTables';
import { meantTable, type MeantTable, type MeantWindow } from './meantWindows';

/** Seconds; `npm run fuzz` sets more. */
const budget = Number(process.env['UNROLL_FUZZ_SECONDS'] ?? 1);

/** The window of a batch of one sequence. */
function windowIn(batch: Batch, sequence = 0): MeantWindow {
  const targets = Array.from({ length: batch.steps }, (_, t) => {
    const cell = t * batch.batch + sequence;
    if (batch.mask[cell] === 0) return undefined;
    if (batch.targets.kind === 'classes') return [batch.targets.indices[cell] ?? NaN];
    const width = batch.targets.values.length / batch.mask.length;
    return [...batch.targets.values.subarray(cell * width, (cell + 1) * width)];
  });
  return { inputs: inputsOf(batch, sequence), targets };
}

const isClose = (one: readonly number[] | undefined, other: readonly number[] | undefined): boolean =>
  one === undefined || other === undefined
    ? one === other
    : one.length === other.length && one.every((value, index) => Math.abs(value - (other[index] ?? NaN)) < 1e-3);

const isSame = (one: MeantWindow, other: MeantWindow): boolean =>
  one.inputs.length === other.inputs.length &&
  one.inputs.every((values, t) => isClose(values, other.inputs[t])) &&
  one.targets.every((values, t) => isClose(values, other.targets[t]));

/** Every window that was meant is drawn, and no other one. */
function assertTraining(source: Source, { windows }: MeantTable): void {
  const seen = new Set<number>();
  const distinct = windows.filter((window, at) => windows.findIndex((other) => isSame(window, other)) === at);
  for (let draw = 0; draw < 30 * windows.length; draw++) {
    const window = windowIn(source.next());
    const found = distinct.findIndex((meant) => isSame(meant, window));
    assert.ok(found >= 0, `not meant: ${JSON.stringify(window)}`);
    seen.add(found);
  }
  assert.equal(seen.size, distinct.length);
}

/** Every held-out row with a value is predicted once, from the rows before it, and no other row. */
function assertHeldOut(source: Source, { keys, data, text }: ArrangedTableCase, meant: MeantTable): void {
  const part = source.heldOut?.();
  if (keys.validation === 0) {
    assert.equal(part, undefined);
    return;
  }
  assert.ok(part !== undefined);
  const predicted: number[] = [];
  for (const { batch, places } of part.batches()) {
    for (let sequence = 0; sequence < batch.batch; sequence++) {
      for (const [t, target] of windowIn(batch, sequence).targets.entries()) {
        if (target === undefined) continue;
        const row = part.fileRows[places[t * batch.batch + sequence] ?? -1] ?? -1;
        predicted.push(row);
        assert.ok(isClose(target, meant.rows.get(row)?.targets), `row ${row}: ${target.join()}`);
      }
    }
  }
  const sorted = predicted.toSorted((a, b) => a - b);
  if (keys.gaps === 'skip') assert.ok(sorted.every((row, at) => meant.heldOut.includes(row) && row !== sorted[at - 1]));
  else
    assert.deepEqual(
      sorted,
      meant.heldOut.toSorted((a, b) => a - b),
    );
  const experiment = experimentOver({ data, batch: 1 });
  assert.ok('csv' in experiment.data);
  const table = readHeldOutTable(new TextEncoder().encode(text), experiment.data, source, part);
  // As written.
  for (const [place, row] of part.fileRows.entries()) {
    assert.ok(
      table.targets.every((column, index) => Object.is(column[place], meant.rows.get(row)?.targets[index])),
      `row ${row}`,
    );
  }
}

describe('Generated tables of sequences, times, gaps and classes', function () {
  this.timeout((budget + 60) * 1000);

  it('give the windows that their keys define, or are refused where there is none', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(arrangedTables, (table) => {
        const meant = meantTable(table);
        const experiment = experimentOver({ data: table.data, batch: 1 });
        const outcome = openSource(experiment, new Map([['a.csv', new TextEncoder().encode(table.text)]]));
        kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1);
        assert.equal(outcome.kind, meant.isRefused ? 'refused' : 'source', JSON.stringify(outcome));
        if (outcome.kind === 'refused') {
          for (const { message } of outcome.problems) assert.ok(message.length < 1000, message);
          return;
        }
        assertTraining(outcome.source, meant);
        assertHeldOut(outcome.source, table, meant);
      }),
      { numRuns: 1e9, interruptAfterTimeLimit: budget * 1000, markInterruptAsFailure: false },
    );
    const [read = 0, refused = 0] = [kinds.get('source'), kinds.get('refused')];
    assert.ok(read > refused / 4, `${read} read, ${refused} refused`);
  });
});
