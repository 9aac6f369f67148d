import assert from 'node:assert/strict';
import { openKernels } from '../../../src/engine/kernels/open';
import { Learner } from '../../../src/engine/learner';
import { tensorOf } from '../../../src/engine/instruments/capture';
import type { Window } from '../../../src/engine/recurrence/window';
import type { Inspection } from '../../../src/protocol/inspection';
import { maxProbedSteps, probe as probeSchema, type Probe } from '../../../src/protocol/probe';
import { replayRequests } from '../../../src/protocol/replayRequests';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import { ProbeComputer, type ProbedUpdate } from '../../../src/trainer/replay/probedUpdate';
import { probedWindow } from '../../../src/trainer/replay/probedWindow';
import type { CapturedUpdate, Training } from '../../../src/trainer/training/training';
import { exampleText, exampleTraining } from './exampleTraining';

const pause = (): Promise<void> => Promise.resolve();

function capturedAt(training: Training, update: number): CapturedUpdate {
  for (;;) {
    const advance = training.advance((at) => at === update);
    assert.ok(advance.kind === 'updated');
    if (advance.captured !== undefined) return advance.captured;
  }
}

function probesAt(training: Training, update = 2): ProbedUpdate {
  return new ProbeComputer(training.setup).at(capturedAt(training, update).capture);
}

function inspect(probes: ProbedUpdate, probe: Probe): Inspection {
  const { capture, setup } = probes.of(probe);
  return inspectionOf(capture, setup, 0, undefined, probe);
}

/** L of a window with the weights before the captured update, its inputs as rows of numbers. */
function lossOf({ computer: { setup }, capture }: ProbedUpdate, window: Window): (inputs: Float64Array) => number {
  const learner = new Learner({
    ...setup.options,
    kernels: openKernels('reference'),
    inputs: 'dense',
    bptt: 'full',
    clip: null,
    steps: window.steps,
    batch: 1,
    shards: 1,
  });
  for (const name of setup.layout.parameters) learner.load(name, tensorOf(capture, name).data);
  return (values) => learner.evaluate([{ ...window, inputs: { kind: 'dense', values } }])?.loss ?? NaN;
}

const text = (keys: Readonly<Record<string, unknown>> = {}): Training =>
  exampleTraining(
    {
      data: { text: 'text.txt', length: 8, order: 'random', validation: 0.2 },
      model: { cell: 'gru', hidden: 6 },
      training: { steps: 12, batch: 3 },
      ...keys,
    },
    exampleText,
  );

const table = (keys: Readonly<Record<string, unknown>> = {}): Training => {
  const rows = Array.from({ length: 40 }, (_, n) => `${n},${(n * 7) % 11}`);
  return exampleTraining(
    {
      data: {
        csv: 'a.csv',
        inputs: ['x', 'y'],
        targets: ['y'],
        length: 6,
        normalize: 'none',
        validation: 0.25,
        ...keys,
      },
      model: { cell: 'rnn', hidden: 3 },
      training: { steps: 9, batch: 2 },
    },
    new Map([['a.csv', new TextEncoder().encode(`x,y\n${rows.join('\n')}\n`)]]),
  );
};

describe('A probed sequence', () => {
  describe('has as ∂L/∂x_t the slope of its loss, by central differences', () => {
    const kinds: Readonly<Record<string, () => readonly [Training, Probe]>> = {
      ...Object.fromEntries(
        ['rnn', 'lstm', 'gru', 'mgu'].map((cell) => [
          `${cell}, numbers`,
          () => [exampleTraining({ model: { cell, hidden: 4 } }), { kind: 'heldOut', sequence: 3 }] as const,
        ]),
      ),
      'two layers, whose training is clipped and truncated': () => [
        exampleTraining({
          data: { task: 'echo', length: 12 },
          model: { cell: 'lstm', hidden: 4, layers: 2 },
          bptt: { forward: 4, backward: 2 },
          clip: { hidden: 1e-6 },
        }),
        { kind: 'heldOut', sequence: 1 },
      ],
      'a typed text': () => [text(), { kind: 'text', text: 'to be it' }],
      'rows of a table': () => [table(), { kind: 'row', line: 31 }],
    };
    for (const [name, make] of Object.entries(kinds)) {
      it(name, () => {
        const [training, probe] = make();
        const probes = probesAt(training);
        const { dInputs, inputs, steps, loss } = inspect(probes, probe);
        const of = lossOf(probes, probedWindow(training.setup, probe));
        assert.ok(Math.abs(of(inputs) / loss - 1) < 1e-12);
        assert.equal(dInputs.length, inputs.length);
        assert.ok(steps > 3 && dInputs.some((value) => Math.abs(value) > 1e-6));
        const largest = dInputs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const by = 1e-5;
        for (const [i, slope] of dInputs.entries()) {
          const moved = (distance: number): Float64Array =>
            inputs.map((value, at) => (at === i ? value + distance : value));
          const measured = (of(moved(by)) - of(moved(-by))) / (2 * by);
          assert.ok(Math.abs(measured - slope) < 1e-7 * Math.max(1, largest), `${i}: ${slope}, not ${measured}`);
        }
      });
    }
  });

  it('has the loss that the list of held-out sequences says, and the list begins with the largest', async () => {
    const training = exampleTraining({ data: { task: 'adding', length: 7 }, model: { cell: 'rnn', hidden: 3 } });
    const probes = probesAt(training);
    const { sequences, count, update } = await probes.heldOutLosses(pause);
    assert.deepEqual([update, count, sequences.length], [2, 256, 100]);
    const all = Array.from({ length: count }, (_, sequence) => inspect(probes, { kind: 'heldOut', sequence }).loss);
    for (const { sequence, loss } of sequences) assert.ok(Math.abs((all[sequence] ?? NaN) - loss) <= 1e-12 * loss);
    const descending = [...all].sort((a, b) => b - a);
    for (const [place, { loss }] of sequences.entries()) {
      assert.ok(Math.abs((descending[place] ?? NaN) - loss) <= 1e-12 * loss);
    }
    // Each has one target, so that their mean is the validation loss.
    const learner = probes.computer.learnerFor(probes.capture, 1);
    const whole = learner.evaluate(training.setup.source.validation())?.loss ?? NaN;
    assert.ok(Math.abs(all.reduce((sum, loss) => sum + loss, 0) / count / whole - 1) < 1e-12);
  });

  it('leaves the training as it is, and has the weights before the update however far that has gone on', () => {
    const bits = (training: Training): string =>
      JSON.stringify([...training.setup.learner.parameters.values()].map(({ values }) => Array.from(values)));
    const [used, untouched] = [text(), text()];
    const probes = probesAt(used, 3);
    capturedAt(untouched, 3);
    const before = inspect(probes, { kind: 'text', text: 'that is it' });
    assert.equal(bits(used), bits(untouched));
    used.advance();
    untouched.advance();
    assert.equal(bits(used), bits(untouched));
    inspect(probes, { kind: 'text', text: 'or not' });
    assert.deepEqual(inspect(probes, { kind: 'text', text: 'that is it' }), before);
    for (const { name, updateNorm } of before.parameters) assert.equal(updateNorm, 0, name);
    assert.deepEqual([before.update, before.batch, before.learningRate, before.clipCoefficient], [3, 1, 0, 1]);
  });

  it('ends where its sequence ends, not where the longest one of its batch does', () => {
    const training = exampleTraining({ data: { task: 'reber' }, model: { cell: 'rnn', hidden: 3 } });
    const probes = probesAt(training);
    const [first] = training.setup.source.validation();
    assert.ok(first?.ends !== undefined && new Set(first.ends).size > 1);
    for (const [sequence, end] of first.ends.entries()) {
      const { steps, end: last, mask } = inspect(probes, { kind: 'heldOut', sequence });
      assert.deepEqual([steps, last, mask.length], [end, end, end]);
    }
  });

  describe('of typed symbols', () => {
    it('has the next character as the target of each one', () => {
      const { inputNames, inputs, targets, mask, steps } = inspect(probesAt(text()), { kind: 'text', text: 'to be' });
      assert.equal(steps, 5);
      assert.deepEqual(Array.from(mask), [1, 1, 1, 1, 0]);
      const symbols = (values: Float64Array): string =>
        Array.from({ length: 5 }, (_, t) => {
          const at = values.subarray(t * inputNames.length, (t + 1) * inputNames.length).indexOf(1);
          return inputNames[at] ?? '.';
        }).join('');
      assert.deepEqual([symbols(inputs), symbols(targets)], ['to be', 'o be.']);
    });

    it('has the targets of the task where they follow from the symbols', () => {
      const targetsOf = (data: Readonly<Record<string, unknown>>, typed: string): readonly (string | undefined)[] => {
        const training = exampleTraining({ data, model: { cell: 'rnn', hidden: 3 } });
        const { targets } = probedWindow(training.setup, { kind: 'text', text: typed });
        assert.ok(targets.kind === 'classes');
        return Array.from(targets.indices, (index) => training.setup.source.outputNames[index]);
      };
      assert.deepEqual(targetsOf({ task: 'reber' }, 'BTS'), ['T', 'S', undefined]);
      assert.deepEqual(targetsOf({ task: 'parity', length: 9 }, '1011'), [undefined, undefined, undefined, 'odd']);
      assert.deepEqual(targetsOf({ task: 'temporalOrder', length: 20 }, 'cBdAe').at(-1), 'BA');
    });

    const refusals: Readonly<Record<string, readonly [string, RegExp]>> = {
      'a symbol that the network does not know': [
        'to bé',
        /^"é", symbol 5 of the text, is not among the 13 that this network knows: " " , \. a b e /,
      ],
      'no symbol': ['', /^The text is empty; enter at least one symbol\.$/],
      'one symbol, which has no next one': [
        't',
        /^No step of this sequence has a target, so it has no loss\. The target/,
      ],
      'more symbols than can be shown': [
        't'.repeat(maxProbedSteps + 1),
        /^The text has 1,001 symbols; at most 1,000 can be walked through\.$/,
      ],
    };
    for (const [name, [typed, message]] of Object.entries(refusals)) {
      it(`refuses ${name}, in one message`, () => {
        const probes = probesAt(text());
        assert.throws(() => probes.of({ kind: 'text', text: typed }), { name: 'RangeError', message });
      });
    }

    it('is refused where targets do not follow from symbols', () => {
      const probes = probesAt(exampleTraining());
      assert.throws(() => probes.of({ kind: 'text', text: '01' }), /no sequence can be typed/);
      assert.throws(() => probes.of({ kind: 'row', line: 2 }), /no rows of a table/);
      assert.throws(() => probes.of({ kind: 'heldOut', sequence: 256 }), /there are sequences 0 to 255/);
    });
  });

  describe('of the rows of a table', () => {
    it('begins at the line of the file, as long as a training window', () => {
      const { inputs, steps, mask, probeKinds } = inspect(probesAt(table()), { kind: 'row', line: 12 });
      assert.deepEqual(probeKinds, { heldOut: true, typedRule: null, rows: { first: 2, last: 41 } });
      // Line 1 is the header, so line 12 has x = 10.
      const rows = Array.from({ length: 6 }, (_, t) => [10 + t, ((10 + t) * 7) % 11]).flat();
      assert.deepEqual([steps, Array.from(inputs)], [6, rows]);
      assert.equal(mask.at(-1), 1);
    });

    it('follows the order of the times, not that of the file', () => {
      const lines = ['time,x', '2024-01-03,3', '2024-01-01,1', '2024-01-02,2', '2024-01-04,4', '2024-01-05,5'];
      const training = exampleTraining(
        {
          data: {
            csv: 'a.csv',
            inputs: ['x'],
            targets: ['x'],
            time: 'time',
            length: 2,
            normalize: 'none',
            validation: 0,
          },
          model: { cell: 'rnn', hidden: 3 },
          training: { steps: 9, batch: 1 },
        },
        new Map([['a.csv', new TextEncoder().encode(lines.join('\n'))]]),
      );
      const window = probedWindow(training.setup, { kind: 'row', line: 3 });
      assert.ok(window.inputs.kind === 'dense');
      assert.deepEqual(Array.from(window.inputs.values), [1, 2]);
    });

    it('refuses a line without a row, and one with nothing left to predict', () => {
      const probes = probesAt(table());
      const at = (line: number) => () => probes.of({ kind: 'row', line });
      assert.throws(at(1), /^RangeError: No row of the table begins at line 1: its rows are at the lines 2 to 41\.$/);
      assert.throws(at(99), /No row of the table begins at line 99/);
      assert.throws(at(41), /From the row at line 41 on there is no value to predict/);
    });
  });

  it('is checked where it comes from the page', () => {
    const allowed: readonly unknown[] = [
      { kind: 'heldOut', sequence: 0 },
      { kind: 'text', text: 'a' },
      { kind: 'row', line: 2 },
    ];
    const refused: readonly unknown[] = [
      { kind: 'heldOut', sequence: -1 },
      { kind: 'heldOut', sequence: 0.5 },
      { kind: 'heldOut', sequence: 'worst' },
      { kind: 'text', text: 'a'.repeat(4001) },
      { kind: 'text', text: ['a'] },
      { kind: 'row', line: 1e300 },
      { kind: 'file', path: '/etc/passwd' },
      { kind: 'row', line: 1, path: '/etc/passwd' },
      'heldOut',
    ];
    for (const one of allowed) assert.ok(probeSchema.safeParse(one).success, JSON.stringify(one));
    for (const one of refused) {
      assert.ok(!probeSchema.safeParse(one).success, JSON.stringify(one));
      for (const [name, params] of [
        ['inspect', { update: 0, sequence: 0 }],
        ['gradientFlow', { update: 0, sequence: 0, layer: 0 }],
        ['project', { update: 0, sequence: 0, layer: 0 }],
        ['chainRuleTerms', { update: 0, sequence: 0, parameter: 'head.bias', t: 0 }],
      ] as const) {
        const schema = replayRequests[name].params;
        assert.ok(schema.safeParse(params).success);
        assert.ok(!schema.safeParse({ ...params, probe: one }).success, `${name}: ${JSON.stringify(one)}`);
      }
    }
  });
});
