import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readManifest } from '../../../src/run/manifest';
import type { UpdateRecord } from '../../../src/run/records/recordBatch';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { recordsOf } from '../../../src/run/records/recordsOfBatch';
import { runFiles } from '../../../src/run/storage/runFiles';
import { exportToPyTorch } from '../../../src/trainer/export/exportToPyTorch';
import { temporaryFolder } from '../../temporaryFolder';
import { python, skipWithoutTorch } from '../torch';
import { names, setupOf, text, trainedRecords, type Line } from './exportedExperiments';

const updates = 24;
const every = 5;
/** The update at which the first process is killed, and the checkpoint before it. */
const [killedAt, checkpoint] = [17, 15];

/**
 * PyTorch 1.13 on Python 3.11 can't read the default of these two options: an enumeration lost its zero there. A rank
 * that does not exist leaves all others at it.
 */
const elastic = ['-m', 'torch.distributed.run', '--redirects', '9:1', '--tee', '9:1'];

/** Runs programs of a folder; a process that hangs is ended. */
class Programs {
  constructor(readonly folder: string) {}

  run(...args: readonly string[]): { readonly status: number | null; readonly lines: readonly Line[]; stderr: string } {
    const { status, stdout, stderr } = spawnSync(python, args, {
      cwd: this.folder,
      encoding: 'utf8',
      timeout: 120_000,
      killSignal: 'SIGKILL',
      env: { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
    const lines = stdout.trim() === '' ? [] : stdout.trim().split('\n');
    return { status, stderr, lines: lines.map((line) => JSON.parse(line) as Line) };
  }

  /** As two processes on this machine that meet at a free port. */
  runTwo(...args: readonly string[]): ReturnType<Programs['run']> {
    const meeting = ['--nnodes', '1', '--rdzv_backend', 'c10d', '--rdzv_endpoint', '127.0.0.1:0'];
    return this.run(...elastic, ...meeting, '--nproc_per_node', '2', ...args, '--timeout', '60');
  }

  manifest(run: string) {
    const manifest = readManifest(readFileSync(join(this.folder, run, runFiles.manifest)));
    assert.ok(manifest !== undefined);
    return manifest;
  }

  records(run: string): readonly UpdateRecord[] {
    const { batches, incompleteReason } = readRecords(readFileSync(join(this.folder, run, runFiles.records)));
    assert.equal(incompleteReason, undefined);
    return batches.flatMap((batch) => [...recordsOf(batch)]);
  }
}

function near(actual: number | undefined, expected: number | undefined, what: string, tolerance = 1e-12): void {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return;
  const error = Math.abs((actual ?? NaN) - (expected ?? NaN)) / Math.abs(expected ?? NaN);
  // What is 0 but for rounding has no relative error.
  if (Math.abs(actual ?? NaN) < 1e-15 && Math.abs(expected ?? NaN) < 1e-15) return;
  assert.ok(error < tolerance, `${what} is ${actual}, not ${expected}`);
}

function sameLines(found: readonly Line[], expected: readonly Line[], title: string): void {
  assert.equal(found.length, expected.length, title);
  for (const [update, line] of expected.entries()) {
    for (const key of ['loss', 'gradNorm', 'clippedNorm', 'learningRate', 'validationLoss'] as const) {
      near(found[update]?.[key], line[key], `${title}: ${key} of update ${update}`);
    }
  }
}

/** Norms through time are those of the engine; where it has a number, so has the program. */
function sameRecords(found: readonly UpdateRecord[], expected: readonly UpdateRecord[], title: string): void {
  assert.deepEqual(
    found.map(({ update }) => update),
    expected.map(({ update }) => update),
    title,
  );
  for (const [update, { record, parameterNorms, gradNorm }] of expected.entries()) {
    near(found[update].gradNorm, gradNorm, `${title}: norm of update ${update}`, 1e-9);
    for (const [p, norms] of parameterNorms.entries()) {
      const one = found[update].parameterNorms[p];
      near(one.gradNorm, norms.gradNorm, `${title}: gradient ${p} of update ${update}`, 1e-9);
      near(one.clippedNorm, norms.clippedNorm, `${title}: clipped gradient ${p} of update ${update}`, 1e-9);
      near(one.updateNorm, norms.updateNorm, `${title}: change ${p} of update ${update}`, 1e-6);
    }
    assert.equal(found[update].record?.steps, record?.steps, `${title}: steps of update ${update}`);
    for (const [layer, series] of (record?.layers ?? []).entries()) {
      for (const key of ['dh', 'dhLocal'] as const) {
        for (const [t, value] of series[key].entries()) {
          const own = found[update].record?.layers[layer][key][t];
          near(own, value, `${title}: ${key} of layer ${layer}, step ${t} of update ${update}`, 1e-9);
        }
      }
      for (const [gate, { low, high }] of series.saturation.entries()) {
        const own = found[update].record?.layers[layer].saturation[gate];
        if (own === undefined) continue;
        near(own.low, low, `${title}: low ${gate} of update ${update}`);
        near(own.high, high, `${title}: high ${gate} of update ${update}`);
      }
    }
  }
}

const training = { steps: updates, validateEvery: 4 };
const adam = { kind: 'adam', learningRate: 0.01 };
/** Batches that two processes cannot halve, one that leaves a process without a sequence, and states that go on. */
const experiments: Readonly<Record<string, object>> = {
  "PyTorch's LSTM, five sequences, clipped, a plateau": {
    data: { task: 'adding', length: [6, 9] },
    model: { cell: 'lstm', hidden: 5 },
    clip: { norm: 0.1 },
    optimizer: { ...adam, schedule: { plateau: { factor: 0.5, patience: 0, threshold: 0.5 } } },
    training: { ...training, batch: 5 },
    record: { every: 3 },
  },
  'a GRU whose gradients end before its windows, one sequence': {
    data: { task: 'sine', length: 9 },
    model: { cell: 'gru', hidden: 4 },
    bptt: { forward: 4, backward: 3 },
    optimizer: adam,
    training: { ...training, batch: 1 },
    record: { every: 2 },
  },
  'contiguous text, gradients that reach into earlier windows, three sequences': {
    data: { text: 't.txt', length: 9, order: 'contiguous' },
    model: { cell: 'mgu', hidden: 5, layers: 2 },
    bptt: { forward: 9, backward: 25 },
    optimizer: adam,
    training: { ...training, batch: 3 },
    record: { every: 3 },
  },
};

describe('The PyTorch program in several processes', () => {
  let programs: Programs;

  before(function () {
    skipWithoutTorch(this);
    programs = new Programs(temporaryFolder('unroll-processes-'));
    writeFileSync(join(programs.folder, 't.txt'), text);
    // Dies as if it were killed: nothing is closed, no handler runs.
    writeFileSync(
      join(programs.folder, 'killed.py'),
      `import builtins, os, runpy, sys
printed, left = builtins.print, ${killedAt}

def print_and_die(*args, **options):
    global left
    printed(*args, **options)
    left -= 'file' not in options
    if left == 0:
        os._exit(9)

builtins.print = print_and_die
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
`,
    );
  });

  for (const [index, [title, experiment]] of Object.entries(experiments).entries()) {
    it(`has the losses and records of one process and of the engine, also killed and resumed: ${title}`, function () {
      this.timeout(300_000);
      const setup = setupOf(experiment);
      const program = `p${index}.py`;
      const { script, tensors, recorder } = exportToPyTorch(setup, { ...names, tensors: `p${index}.safetensors` });
      writeFileSync(join(programs.folder, program), script);
      writeFileSync(join(programs.folder, `p${index}.safetensors`), tensors);
      writeFileSync(join(programs.folder, 'unroll.py'), recorder ?? '');
      const expected = trainedRecords(setup);

      const one = programs.run(program, '--json', '--records', `one${index}`);
      assert.equal(one.status, 0, one.stderr);
      const options = ['--json', '--records', `two${index}`, '--checkpoint', `c${index}.pt`];
      const dying = [...options, '--checkpoint-every', String(every), '--resume'];
      const killed = programs.runTwo('killed.py', program, ...dying);
      assert.notEqual(killed.status, 0);
      assert.equal(killed.lines.length, killedAt, killed.stderr);
      const resumed = programs.runTwo(program, ...dying);
      assert.equal(resumed.status, 0, resumed.stderr);
      sameLines([...killed.lines.slice(0, checkpoint), ...resumed.lines], one.lines, title);

      sameRecords(programs.records(`one${index}`), expected, `${title}, one process`);
      sameRecords(programs.records(`two${index}`), expected, `${title}, two processes`);
      const { facts, state, reason, updates: done, loss } = programs.manifest(`two${index}`);
      assert.deepEqual([state, reason, done, facts.resumedAt], ['finished', 'steps', updates, [checkpoint]]);
      assert.match(facts.recordedBy ?? '', /^PyTorch .*, 2 processes$/);
      near(loss ?? undefined, expected.at(-1)?.loss, 'the last loss', 1e-9);
      assert.ok(!existsSync(join(programs.folder, `two${index}`, runFiles.lock)));
    });
  }

  it('says what it cannot continue, and what is missing', function () {
    this.timeout(120_000);
    const [title] = Object.keys(experiments);
    const { script, tensors } = exportToPyTorch(setupOf(experiments[title]), { ...names, tensors: 'm.safetensors' });
    const other = new Programs(temporaryFolder('unroll-processes-'));
    writeFileSync(join(other.folder, 'm.py'), script);
    writeFileSync(join(other.folder, 'm.safetensors'), tensors);
    assert.match(other.run('m.py', '--json', '--records', 'run').stderr, /--records needs .*unroll\.py/);
    assert.match(other.run('m.py', '--json', '--resume').stderr, /--resume needs --checkpoint FILE/);
    writeFileSync(join(other.folder, 'unroll.py'), '');
    assert.match(
      other.run('m.py', '--json', '--records', 'run').stderr,
      /unroll\.py is not the recorder, or an earlier one/,
    );
    assert.match(
      other.run('m.py', '--json', '--steps', '2', '--checkpoint', 'c.pt', '--resume').stderr,
      /the training begins/,
    );
    assert.match(other.run('m.py', '--json', '--checkpoint', 'c.pt').stderr, /c\.pt exists\. Add --resume/);
    assert.match(
      other.run('m.py', '--json', '--float32', '--checkpoint', 'c.pt', '--resume').stderr,
      /another precision/,
    );
    assert.match(
      other.run('m.py', '--json', '--steps', '2', '--checkpoint', 'c.pt', '--resume').stderr,
      /Finished already/,
    );
    writeFileSync(join(other.folder, 'unroll.py'), readFileSync(resolve('media', 'recorder', 'unroll.py')));
    const unrecorded = other.run('m.py', '--json', '--records', 'run', '--checkpoint', 'c.pt', '--resume');
    assert.match(unrecorded.stderr, /training without --records/);
  });
});
