import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportedProgram } from '../../../src/protocol/trainer';
import { readTensorFile } from '../../../src/run/storage/safetensors';
import { exportToPyTorch } from '../../../src/trainer/export/exportToPyTorch';
import { temporaryFolder } from '../../temporaryFolder';
import { python, skipWithoutTorch } from '../torch';
import { names, setupOf, text, trained, type Line } from './exportedExperiments';

const updates = 10;

/** An experiment without its training. */
interface Exported {
  readonly data: object;
  readonly [key: string]: object;
}

const rnn = { cell: 'rnn', hidden: 5 };
const adam = { kind: 'adam', learningRate: 0.01 };
/** Every task and kind of data, cell, optimizer, schedule, clipping, truncation and loss of the format at least once. */
const experiments: Readonly<Record<string, Exported>> = {
  'adding of random lengths, in an LSTM': {
    data: { task: 'adding', length: [6, 9] },
    model: { cell: 'lstm', hidden: 5 },
    clip: { norm: 0.1 },
    optimizer: adam,
  },
  'copy, in two layers of GRU, SGD with momentum': {
    data: { task: 'copy', delay: 4, recall: 2, symbols: 3 },
    model: { cell: 'gru', hidden: 5, layers: 2 },
    clip: { value: 0.01 },
    optimizer: { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  },
  'temporal order, in an MGU, Adagrad, shorter gradients than windows': {
    data: { task: 'temporalOrder', length: 20 },
    model: { cell: 'mgu', hidden: 5 },
    bptt: { forward: 6, backward: 3 },
    optimizer: { kind: 'adagrad', learningRate: 0.05 },
  },
  'temporal order as in its code, with relu, RMSprop': {
    data: { task: 'temporalOrder', length: 20, positions: 'code' },
    model: { ...rnn, activation: 'relu' },
    optimizer: { kind: 'rmsprop', learningRate: 0.003, momentum: 0.5 },
  },
  'parity, with sigmoid, a warm-up': {
    data: { task: 'parity', length: 7 },
    model: { ...rnn, activation: 'sigmoid' },
    optimizer: { ...adam, schedule: { warmup: 5 } },
  },
  'echo, clipped inside the recurrence, a cosine': {
    data: { task: 'echo', length: 9, lags: [2, 4] },
    model: { cell: 'lstm', hidden: 5, layers: 2 },
    clip: { hidden: 0.002 },
    optimizer: { ...adam, schedule: { cosine: 9 } },
  },
  'a Reber grammar, gradients that reach into earlier windows': {
    data: { task: 'reber' },
    model: { cell: 'lstm', hidden: 5, layers: 2 },
    bptt: { forward: 3, backward: 7 },
    optimizer: adam,
  },
  'delay, with identity, a plateau over validations of another length': {
    data: { task: 'delay', lag: 3, length: 8, validation: { length: 11 } },
    model: { ...rnn, activation: 'identity' },
    optimizer: {
      kind: 'adamw',
      learningRate: 0.01,
      schedule: { plateau: { factor: 0.5, patience: 0, threshold: 0.5 } },
    },
  },
  'sine, summed over the steps, an exponential': {
    data: { task: 'sine', length: 8 },
    model: rnn,
    loss: { reduction: 'sum' },
    optimizer: { kind: 'sgd', learningRate: 0.05, schedule: { exponential: 0.9 } },
  },
  'text at random places': { data: { text: 't.txt', length: 9 }, model: rnn, optimizer: adam },
  'contiguous text, gradients that reach into earlier windows': {
    data: { text: 't.txt', length: 9, order: 'contiguous' },
    model: { cell: 'gru', hidden: 5 },
    bptt: { forward: 90, backward: 95 },
    optimizer: adam,
  },
  'contiguous text that begins again, cut where gradients end': {
    data: { text: 't.txt', length: 9, order: 'contiguous' },
    model: { cell: 'lstm', hidden: 5 },
    bptt: { forward: 90, backward: 40 },
    optimizer: adam,
  },
  'a table with masked gaps': {
    data: { csv: 't.csv', inputs: ['a', 'b'], targets: ['a', 'b'], length: 6, gaps: 'mask' },
    model: { cell: 'mgu', hidden: 5, layers: 2 },
    bptt: { forward: 2, backward: 3 },
    optimizer: adam,
  },
  'a table of sequences with a class each': {
    data: { csv: 't.csv', inputs: ['b'], targets: ['k'], sequence: 'i', targetAt: 'last' },
    model: rnn,
    optimizer: adam,
  },
  'written sequences, with a sigmoid output': {
    data: {
      sequences: [
        {
          inputs: [
            [1, 0],
            [0, 1],
            [1, 1],
          ],
          targets: [null, null, [1]],
        },
        {
          inputs: [
            [1, 0],
            [0.3, 1],
          ],
          targets: [null, [0.2]],
        },
      ],
    },
    model: { cell: 'gru', hidden: 5 },
    loss: { output: 'sigmoid' },
    optimizer: adam,
  },
};

/** Written sequences are one batch. */
function batchOf({ data }: Exported): object {
  return 'sequences' in data ? {} : { batch: 4 };
}

/**
 * Runs all programs in one process of Python, which starts PyTorch once, and returns what each printed. Of a notebook the
 * cells are run in order; those that draw only where matplotlib is installed.
 */
function runAll(folder: string, programs: readonly string[]): readonly (readonly Line[])[] {
  const driver = join(folder, 'driver.py');
  writeFileSync(
    driver,
    `import contextlib, io, json, os, runpy, sys
os.environ["MPLBACKEND"] = "Agg"
try:
    import matplotlib
    draws = True
except ImportError:
    draws = False

def run_notebook(name):
    namespace = {}
    for cell in json.load(open(name))["cells"]:
        source = "".join(cell["source"]).replace("json=False", "json=True")
        if not draws:
            source = source.replace("import matplotlib.pyplot as plot", "")
        if cell["cell_type"] == "code" and (draws or "plot." not in source):
            exec(compile(source, name, "exec"), namespace)

for name in ${JSON.stringify(programs)}:
    sys.argv = [name, "--json"]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        run_notebook(name) if name.endswith(".ipynb") else runpy.run_path(name, run_name="__main__")
    print("[" + ",".join(output.getvalue().splitlines()) + "]")
`,
  );
  const { status, stdout, stderr } = spawnSync(python, [driver], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as readonly Line[]);
}

function exportOf(experiment: object): ExportedProgram {
  return exportToPyTorch(setupOf(experiment), names);
}

describe('The PyTorch program of an experiment', () => {
  it('has the losses, norms, rates and validations of the engine, for every kind of experiment', function () {
    skipWithoutTorch(this);
    this.timeout(300_000);
    const folder = temporaryFolder('unroll-pytorch-');
    writeFileSync(join(folder, 't.txt'), text);
    const all = Object.entries(experiments).flatMap(([title, experiment], index) => {
      const setup = setupOf({ ...experiment, training: { steps: updates, validateEvery: 3, ...batchOf(experiment) } });
      // One of PyTorch's own layers, and one that is written out in a program, too.
      const kinds = index < 3 ? (['script', 'notebook'] as const) : (['script'] as const);
      const programs = kinds.map((kind) => {
        const program = join(folder, `p${index}.${kind === 'script' ? 'py' : 'ipynb'}`);
        const { script, tensors } = exportToPyTorch(setup, { ...names, kind, tensors: `p${index}.safetensors` });
        writeFileSync(program, script);
        writeFileSync(join(folder, `p${index}.safetensors`), tensors);
        return { title: `${title}, ${kind}`, program };
      });
      const expected = trained(setup);
      return programs.map((program) => ({ ...program, expected }));
    });
    const found = runAll(
      folder,
      all.map(({ program }) => program),
    );
    for (const [index, { title, expected }] of all.entries()) {
      const lines = found[index] ?? [];
      assert.equal(lines.length, expected.length, title);
      for (const [update, line] of expected.entries()) {
        for (const key of ['loss', 'gradNorm', 'clippedNorm', 'learningRate', 'validationLoss'] as const) {
          const [own, torch] = [line[key], lines[update]?.[key]];
          assert.equal(own === undefined, torch === undefined, `${title}: ${key} of update ${update}`);
          const error = Math.abs((own ?? 0) - (torch ?? 0)) / Math.max(1e-12, Math.abs(own ?? 1));
          assert.ok(error < 1e-9, `${title}: ${key} of update ${update} is ${own}, and ${torch} in PyTorch`);
        }
      }
    }
  });

  it("uses PyTorch's own layers where they can do the same", () => {
    const { lstm, own } = {
      lstm: exportOf({ data: { task: 'delay', length: 8, lag: 3 }, model: { cell: 'lstm', hidden: 3 } }).script,
      own: exportOf({
        data: { task: 'delay', length: 8, lag: 3 },
        model: { cell: 'lstm', hidden: 3 },
        clip: { hidden: 1 },
      }).script,
    };
    assert.match(lstm, /torch\.nn\.LSTM\(INPUTS, HIDDEN, num_layers=LAYERS\)/);
    assert.doesNotMatch(own, /torch\.nn\.LSTM\(/);
    assert.doesNotMatch(lstm + own, /@[A-Z]+@/);
  });

  it('has the initial parameters under the names of a state_dict, in double precision', () => {
    const setup = setupOf({ data: { task: 'delay' }, model: { cell: 'gru', hidden: 3 } });
    const { tensors } = readTensorFile(exportToPyTorch(setup, names).tensors);
    assert.deepEqual([...tensors.keys()].sort(), [...setup.learner.parameters.keys()].sort());
    assert.deepEqual(tensors.get('rnn.weight_hh_l0')?.shape, [9, 3]);
    assert.deepEqual(
      [...(tensors.get('rnn.weight_hh_l0')?.data ?? [])],
      [...(setup.learner.parameters.get('rnn.weight_hh_l0')?.values ?? [])],
    );
  });

  it('is a notebook that explains backpropagation through time, in the format of Jupyter', () => {
    const setup = setupOf({ data: { task: 'delay', length: 8, lag: 3 }, model: { cell: 'lstm', hidden: 3 } });
    const { script } = exportToPyTorch(setup, { ...names, kind: 'notebook', experiment: 'A <b> $c$ [d](e)' });
    const stored: unknown = JSON.parse(script);
    const { cells, nbformat } = stored as {
      cells: readonly { cell_type: string; source: readonly string[] }[];
      nbformat: number;
    };
    assert.equal(nbformat, 4);
    assert.match(cells[0].source.join(''), /^# A \\<b\\> \\\$c\\\$ \\\[d\\\]\\\(e\\\)\n/);
    assert.ok(cells.some(({ source }) => source.join('').includes('\\frac{\\partial L}{\\partial h_t} =')));
    // Also where PyTorch's layers could do it.
    assert.ok(cells.some(({ source }) => source.join('').includes('class Step:')));
    assert.doesNotMatch(script, /@[A-Z]+@/);
  });

  it('holds names of a file as text: none ends its docstring or a string', () => {
    const setup = setupOf({ data: { text: 't.txt', length: 9 }, model: { cell: 'rnn' } });
    const { script } = exportToPyTorch(setup, {
      kind: 'script',
      experiment: '"""\\\0\nimport os; os.system("true")',
      tensors: 'a"b\\.safetensors',
      text: 'x"\n+os.system("true")+".txt',
    });
    const checked = spawnSync(python, ['-c', 'import ast, sys; print(ast.dump(ast.parse(sys.stdin.read())))'], {
      input: script,
      encoding: 'utf8',
    });
    if (checked.error === undefined) {
      assert.equal(checked.status, 0, checked.stderr);
      assert.doesNotMatch(checked.stdout, /attr='system'/);
    }
    assert.match(script, /^"""[^"]*"''[^"]*".*"""$/ms);
    assert.match(script, /"a\\"b\\\\\.safetensors"/);
    assert.match(script, /"x\\"\\n\+os\.system\(\\"true\\"\)\+\\"\.txt"/);
  });
});
