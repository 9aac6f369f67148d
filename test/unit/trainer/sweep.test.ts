import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readManifest, type Manifest } from '../../../src/run/manifest';
import { gridOf, sizeOf } from '../../../src/trainer/headless/sweep/grid';
import { changesOf, parseSetting, settingAt, settingsIn } from '../../../src/trainer/headless/sweep/settings';
import { temporaryFolder } from '../../temporaryFolder';
import { python, skipWithoutTorch } from '../torch';

const runner = resolve('dist', 'cli.mjs');
const small = {
  data: { task: 'adding', length: 6 },
  model: { cell: 'rnn', hidden: 4 },
  training: { steps: 12, batch: 2 },
};

describe('The settings of a sweep', () => {
  it('are JSON or texts, separated by commas outside brackets and quotes', () => {
    assert.deepEqual(parseSetting('model.hidden=4,8', true), { key: 'model.hidden', values: [4, 8] });
    assert.deepEqual(parseSetting('model.cell=lstm,gru', true), { key: 'model.cell', values: ['lstm', 'gru'] });
    assert.deepEqual(parseSetting('data.lags=[2,4],[3,5]', true), {
      key: 'data.lags',
      values: [
        [2, 4],
        [3, 5],
      ],
    });
    assert.deepEqual(parseSetting('clip={"norm":1},null', true), { key: 'clip', values: [{ norm: 1 }, null] });
    assert.deepEqual(parseSetting('name="a, b"', true), { key: 'name', values: ['a, b'] });
    assert.deepEqual(parseSetting('data.lags=[2,4]', false), { key: 'data.lags', values: [[2, 4]] });
    for (const word of [
      'x',
      '=1',
      'a..b=1',
      'a=',
      'a=1,,2',
      'a=1,1',
      'a=1e999',
      'a={"b":[-1e999]}',
      'seed=1',
      'variants=1',
    ]) {
      assert.equal(typeof parseSetting(word, true), 'string', word);
    }
  });

  it('become changes of an experiment, and those become settings again', () => {
    const changes = changesOf([
      ['optimizer.learningRate', 0.1],
      ['optimizer.kind', 'sgd'],
      ['clip', null],
    ]);
    assert.deepEqual(changes, { optimizer: { learningRate: 0.1, kind: 'sgd' }, clip: null });
    assert.deepEqual(settingsIn(changes), ['optimizer.learningRate=0.1', 'optimizer.kind="sgd"', 'clip=null']);
    assert.equal(settingAt(changes, ['optimizer', 'kind']), 'optimizer.kind="sgd"');
    assert.equal(settingAt(changes, ['clip', 'norm']), 'clip=null');
    assert.equal(settingAt(changes, ['model', 'hidden']), undefined);
  });

  it('make a grid whose names are different and plain', () => {
    const settings = [
      { key: 'a.b', values: [0.5, -0.5] },
      { key: 'c', values: ['x y', 'x/y'] },
    ];
    assert.equal(sizeOf(settings, [1, 2]), 8);
    const names = gridOf(settings, [1, 2]).map(({ name }) => name);
    assert.equal(names[0], 'b-0.5--c-x-y--seed-1');
    assert.equal(new Set(names).size, 8);
    assert.ok(names.every((name) => /^[A-Za-z0-9.-]+$/.test(name)));
  });
});

describe('unroll sweep', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder('unroll-sweep-');
    file = join(folder, 'x.rnn.json');
    writeFileSync(file, JSON.stringify(small));
  });

  const sweep = (...words: string[]) => {
    const limits = { timeout: 120_000, killSignal: 'SIGKILL' } as const;
    const all = [runner, 'sweep', file, ...words];
    const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8', ...limits });
    return { status, stdout, stderr };
  };
  const manifestOf = (run: string): Manifest | undefined => {
    const path = join(folder, 'out', run, 'run.json');
    return existsSync(path) ? readManifest(readFileSync(path)) : undefined;
  };
  const out = (): string => join(folder, 'out');

  it('trains every combination as a variant would be, prints their table, and keeps what has finished', function () {
    this.timeout(120_000);
    const first = sweep('--set', 'model.hidden=3,5', '--seeds', '7,8', '--out', out());
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /^run +model\.hidden +seed +state +updates +loss +validation loss +findings\n/);
    assert.match(first.stdout, /\nhidden-5--seed-8 +5 +8 +finished +12 of 12 /);
    assert.deepEqual(readdirSync(out()).sort(), [
      ...['hidden-3--seed-7', 'hidden-3--seed-8', 'hidden-5--seed-7', 'hidden-5--seed-8'],
    ]);
    const { facts, loss } = manifestOf('hidden-5--seed-8') ?? assert.fail();
    assert.deepEqual([facts.hidden, facts.seed, facts.seeds], [5, 8, []]);

    const more = sweep('--set', 'model.hidden=5', '--seeds', '8,9', '--out', out(), '--json');
    assert.equal(more.status, 0, more.stderr);
    assert.match(more.stderr, /hidden-5--seed-8 has finished earlier\./);
    const lines = more.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines.map(({ run, values, seed, state }) => [run, values, seed, state]),
      [8, 9].map((seed) => [`hidden-5--seed-${seed}`, { 'model.hidden': 5 }, seed, 'finished']),
    );
    assert.equal(lines[0].loss, loss);

    writeFileSync(file, JSON.stringify({ ...small, optimizer: { kind: 'adam', learningRate: 0.5 } }));
    const other = sweep('--set', 'model.hidden=5', '--seeds', '8', '--out', out());
    assert.equal(other.status, 1);
    assert.match(other.stderr, /of another experiment: "optimizer\.learningRate" differs\. Choose another --out\./);
  });

  it('ends all runs on Ctrl+C, with what they have saved, and begins no other', async function () {
    this.timeout(120_000);
    const words = [
      'sweep',
      file,
      '--set',
      'training.steps=20000000',
      '--seeds',
      '1,2,3',
      '--jobs',
      '2',
      '--out',
      out(),
    ];
    const command = spawn(process.execPath, [runner, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    command.stderr.on('data', (part: Buffer) => (said += part.toString()));
    const runs = ['steps-20000000--seed-1', 'steps-20000000--seed-2'];
    while (command.exitCode === null && !runs.every((run) => manifestOf(run) !== undefined)) await setTimeout(50);
    command.kill('SIGINT');
    const [code] = (await once(command, 'close')) as [number | null];
    assert.equal(code, 130, said);
    assert.match(said, /The same command continues it/);
    assert.deepEqual(
      runs.map((run) => manifestOf(run)?.state),
      ['stopped', 'stopped'],
    );
    assert.equal(manifestOf('steps-20000000--seed-3'), undefined);
  });

  it('says once what is wrong, at its place, before anything trains', () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--set', 'model.hiden=4'], /^--set model\.hiden=4: "hiden" is not a key of "model": did you mean "hidden"\?/],
      [['--set', 'model.hidden=4,-8'], /^--set model\.hidden=-8: "hidden" is -8/],
      [['--set', 'model.hidden=4', '--set', 'model.hidden=5'], /^--set model\.hidden is there twice/],
      [['--set', 'model.hidden=4,5,6', '--most', '2'], /^The sweep has 3 combinations, and at most 2 runs/],
      [['--set', 'model.hidden=4,5', '--most', '10001'], /^--most is at most 10000; found 10001/],
      [['--seeds', '1,x'], /^--seeds takes seeds separated by commas/],
      [[], /^"sweep" needs what varies/],
      [['--seeds', '1', '--resume'], /^"sweep" continues by itself/],
      [['--seeds', '1', '--ray', 'x.sh'], /^--ray takes a file that ends in \.py/],
      [['--seeds', '1', '--seed', '1'], /^--seed is for a single training/],
    ];
    for (const [words, message] of cases) {
      const { status, stderr } = sweep(...words, '--out', out());
      assert.equal(status, 1, stderr);
      assert.match(stderr, message);
      assert.ok(!existsSync(out()), words.join(' '));
    }
    const without = sweep('--seeds', '1');
    assert.match(without.stderr, /^"sweep" needs --out DIR/);
    const outside = spawnSync(process.execPath, [runner, 'train', file, '--jobs', '2'], { encoding: 'utf8' });
    assert.match(outside.stderr, /^--jobs is for "sweep"/);
  });

  it('writes a SLURM array over PyTorch programs, of which a task runs', function () {
    this.timeout(120_000);
    skipWithoutTorch(this);
    const folderOfSweep = join(folder, "it's here");
    mkdirSync(folderOfSweep);
    const script = join(folder, 'array.sh');
    const written = sweep('--set', 'model.hidden=3,5', '--seeds', '7,8', '--out', folderOfSweep, '--slurm', script);
    assert.equal(written.status, 0, written.stderr);
    assert.match(readFileSync(script, 'utf8'), /^#SBATCH --array=0-3$/m);
    assert.equal(spawnSync('bash', ['-n', script]).status, 0);
    const alone = spawnSync('bash', [script], { encoding: 'utf8' });
    assert.match(alone.stderr, /start it by sbatch/);
    const env = { ...process.env, SLURM_ARRAY_TASK_ID: '3', PYTHON: python };
    const task = spawnSync('bash', [script, '--steps', '4'], { encoding: 'utf8', env, timeout: 60_000 });
    assert.equal(task.status, 0, task.stderr);
    const manifest = readManifest(readFileSync(join(folderOfSweep, 'runs', 'hidden-5--seed-8', 'run.json')));
    assert.deepEqual([manifest?.facts.hidden, manifest?.facts.seed, manifest?.updates], [5, 8, 4]);
    assert.ok(existsSync(join(folderOfSweep, 'checkpoints', 'hidden-5--seed-8.pt')));
    const again = sweep('--set', 'model.hidden=3', '--out', folderOfSweep, '--slurm', script);
    assert.match(again.stderr, /array\.sh exists\./);
  });

  it('writes a Ray Tune script that compiles, and whose trainable runs without Ray', function () {
    this.timeout(120_000);
    skipWithoutTorch(this);
    const script = join(folder, 'tune.py');
    const written = sweep('--set', 'model.cell=rnn,gru', '--seeds', '7', '--out', out(), '--ray', script);
    assert.equal(written.status, 0, written.stderr);
    const compiled = spawnSync(python, ['-m', 'py_compile', script], { encoding: 'utf8' });
    assert.equal(compiled.status, 0, compiled.stderr);
    const words = [script, '--one', 'cell-gru--seed-7', '--', '--steps', '4'];
    const one = spawnSync(python, words, { encoding: 'utf8', timeout: 60_000 });
    assert.equal(one.status, 0, one.stderr);
    const lines = one.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly step: number });
    assert.deepEqual(
      lines.map(({ step }) => step),
      [0, 1, 2, 3],
    );
    const manifest = readManifest(readFileSync(join(out(), 'runs', 'cell-gru--seed-7', 'run.json')));
    assert.deepEqual([manifest?.facts.cell, manifest?.updates], ['gru', 4]);
    const bad = spawnSync(python, [script, '--one', 'x'], { encoding: 'utf8' });
    assert.match(bad.stderr, /invalid choice/);
  });
});
