import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Batch } from '../../../src/data/batch';
import { filesOf } from '../../../src/data/source';
import type { Window } from '../../../src/engine/recurrence/window';
import { experimentOver, opened, type Written } from './openedSource';

// A batch is assignable to a window of the engine, and a window to a batch: the test is that this compiles.
const asWindow = (batch: Batch): Window => batch;
const asBatch = (window: Window): Batch => window;

const text = 'It is a tale told by an idiot, full of sound and fury, signifying nothing. '.repeat(4);
const table = `a,b\n${Array.from({ length: 80 }, (_, row) => `${row},${(row * row) % 17}`).join('\n')}\n`;
const tasks = ['adding', 'copy', 'temporalOrder', 'parity', 'echo', 'reber', 'delay', 'sine'];

const every: readonly (readonly [name: string, written: Written, content?: string])[] = [
  ...tasks.map((task) => [task, { data: { task }, batch: 5 }] as const),
  ['parity of varying length', { data: { task: 'parity', length: [1, 9] }, batch: 5 }],
  ['contiguous text', { data: { text: 'a.txt', length: 7 }, batch: 5 }, text],
  ['random text', { data: { text: 'a.txt', length: 7, order: 'random' }, batch: 5 }, text],
  ['a table', { data: { csv: 'a.csv', inputs: ['a', 'b'], targets: ['b'], length: 9 }, batch: 5 }, table],
  ['inline sequences', { data: { sequences: [{ inputs: [[1], [2]], targets: [null, 3] }] } }],
];

describe('every source', () => {
  for (const [name, written, content] of every) {
    describe(`(${name})`, () => {
      it('yields batches of the declared shapes, with consistent masks and targets', () => {
        const source = opened(written, content);
        assert.equal(source.inputNames.length, source.inputs);
        assert.equal(source.outputNames.length, source.outputs);
        for (const batch of [source.next(), source.next(), ...source.validation()]) {
          assertShapes(asBatch(asWindow(batch)), source);
          assert.ok(batch.steps <= source.steps);
        }
        assert.equal(source.next().batch, source.batch);
      });

      it('draws the same batches from the same seed', () => {
        const [one, other] = [opened(written, content), opened(written, content)];
        for (let count = 0; count < 5; count++) assert.deepEqual(one.next(), other.next());
      });

      it('holds out the same batches every time, independent of the training', () => {
        const source = opened(written, content);
        const before = [...source.validation()];
        source.next();
        assert.deepEqual([...source.validation()], before);
        const alone = opened(written, content);
        alone.next();
        assert.deepEqual(source.next(), alone.next());
      });

      it('continues from a saved state with the same batches', () => {
        fc.assert(
          fc.property(fc.integer({ min: 0, max: 12 }), (count) => {
            const source = opened(written, content);
            for (let drawn = 0; drawn < count; drawn++) source.next();
            const saved: unknown = JSON.parse(JSON.stringify(source.state()));
            const resumed = opened(written, content);
            resumed.next();
            resumed.restore(saved);
            for (let drawn = 0; drawn < 3; drawn++) assert.deepEqual(resumed.next(), source.next());
          }),
          { numRuns: 8 },
        );
      });

      it('yields batches that it does not write to later', () => {
        const source = opened(written, content);
        const first = source.next();
        const copy = structuredClone(first);
        source.next();
        assert.deepEqual(first, copy);
        assert.notEqual(source.next().mask, source.next().mask);
      });

      it('describes a sequence: a name for every input, and for every target', () => {
        const source = opened(written, content);
        const batch = source.next();
        const { inputs, targets } = source.describe(batch, 0);
        assert.equal(inputs.length, batch.steps);
        assert.ok(inputs.every((input) => input.length > 0));
        assert.deepEqual(
          targets.map((target) => target !== undefined),
          Array.from({ length: batch.steps }, (_, t) => batch.mask[t * batch.batch] === 1),
        );
      });
    });
  }

  for (const task of tasks) {
    it(`draws other batches from another seed (${task})`, () => {
      const inputs = (seed: number) => opened({ data: { task }, batch: 5, seed }).next().inputs;
      assert.notDeepEqual(inputs(1), inputs(2));
    });
  }

  it('rejects an invalid state', () => {
    const source = opened({ data: { text: 'a.txt', length: 7 }, batch: 5 }, text);
    assert.throws(() => {
      source.restore({ random: ['x'] });
    }, /Invalid state of a data source/);
    assert.throws(() => {
      source.restore({ random: [1, 2, 3, 4], positions: [1] });
    }, /another text or batch/);
  });
});

function assertShapes(batch: Batch, { inputs, outputs }: { readonly inputs: number; readonly outputs: number }): void {
  const cells = batch.steps * batch.batch;
  assert.equal(batch.mask.length, cells);
  assert.equal(batch.reset.length, batch.batch);
  if (batch.inputs.kind === 'dense') {
    assert.equal(batch.inputs.values.length, cells * inputs);
    assert.ok(batch.inputs.values.every(Number.isFinite));
  } else {
    assert.equal(batch.inputs.indices.length, cells);
    assert.ok(batch.inputs.indices.every((index) => index >= 0 && index < inputs));
  }
  const { targets, mask } = batch;
  if (targets.kind === 'classes') {
    assert.equal(targets.indices.length, cells);
    assert.ok(
      targets.indices.every((index, cell) => (mask[cell] === 1 ? index >= 0 && index < outputs : index === -1)),
    );
  } else {
    assert.equal(targets.values.length, cells * outputs);
    assert.ok(
      targets.values.every(
        (value, at) => Number.isFinite(value) && (mask[Math.floor(at / outputs)] === 1 || value === 0),
      ),
    );
  }
  assert.ok(mask.some((asked) => asked === 1));
}

describe('the files of an experiment', () => {
  it('are those that its data and model name', () => {
    assert.deepEqual(filesOf(experimentOver({ data: { text: 'a.txt' } })), [
      { keyPath: ['data', 'text'], path: 'a.txt', role: 'text' },
    ]);
    const table = experimentOver({ data: { csv: 'a.csv', inputs: ['x'] } });
    const withWeights = { ...table, model: { ...table.model, weights: 'w.safetensors' } };
    assert.deepEqual(
      filesOf(withWeights).map(({ keyPath, role }) => [keyPath.join('.'), role]),
      [
        ['data.csv', 'csv'],
        ['model.weights', 'weights'],
      ],
    );
    assert.deepEqual(filesOf(experimentOver({ data: { task: 'sine' } })), []);
  });
});

describe('the numbers of a batch', () => {
  const rounded = (values: Float64Array): boolean => values.every((value) => value === Math.fround(value));
  const kinds: Readonly<Record<string, object>> = {
    adding: { task: 'adding' },
    sine: { task: 'sine' },
    sequences: {
      sequences: [
        {
          inputs: [[0.1], [0.2]],
          targets: [null, [0.3]],
        },
      ],
    },
  };
  for (const [kind, data] of Object.entries(kinds)) {
    it(`are exact in single precision, so that all kernel sets compute with the same (${kind})`, () => {
      const { inputs, targets } = opened({ data }).next();
      assert.ok(inputs.kind === 'dense' && rounded(inputs.values));
      assert.ok(targets.kind === 'values' && rounded(targets.values));
    });
  }
});
