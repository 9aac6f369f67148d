import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { editableManifest } from '../../editableManifest';
import { readTensorFile } from '../../../src/run/storage/safetensors';

const runner = resolve('dist', 'cli.mjs');
const small = {
  data: { task: 'adding', length: 6 },
  model: { cell: 'rnn', hidden: 4 },
  optimizer: { kind: 'sgd', learningRate: 0.01 },
  training: { steps: 3, batch: 2 },
};

describe('The commands of the headless runner', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-commands-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const path = (...parts: string[]): string => join(folder, ...parts);
  const call = (...words: string[]) =>
    spawnSync(process.execPath, [runner, ...words], {
      ...{ cwd: folder, encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' },
    });
  const write = (name: string, keys: Readonly<Record<string, unknown>> = {}): void => {
    writeFileSync(path(name), JSON.stringify({ ...small, ...keys }));
  };
  const trained = (name: string, keys: Readonly<Record<string, unknown>> = {}): void => {
    write(`${name}.rnn.json`, keys);
    const { status, stderr } = call('train', `${name}.rnn.json`, '--out', name);
    assert.equal(status, 0, stderr);
  };
  const lines = (text: string): readonly Readonly<Record<string, unknown>>[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

  describe('compare', () => {
    it('prints how runs ended, their losses and the keys in which they differ', () => {
      trained('slow');
      trained('fast', { optimizer: { kind: 'sgd', learningRate: 0.1 }, name: 'Another name' });
      const { status, stdout, stderr } = call('compare', 'slow', 'fast');
      assert.deepEqual([status, stderr], [0, '']);
      const [header, line, ...rows] = stdout.trimEnd().split('\n');
      assert.match(header, /^run +state +updates +loss +validation loss +optimizer\.learningRate$/);
      assert.match(line, /^[─ ]+$/);
      assert.equal(rows.length, 2);
      assert.match(rows[0], /^slow +finished +3 of 3 +\d\S+ +\d\S+ +0\.01$/);
      assert.match(rows[1], /^fast +finished +3 of 3 +\d\S+ +\d\S+ +0\.1$/);
    });

    it('writes a line of JSON per run, with the values as they are', () => {
      trained('slow');
      trained('lstm', { model: { cell: 'lstm', hidden: 4 } });
      const { status, stdout } = call('compare', 'slow', 'lstm', '--json');
      assert.equal(status, 0);
      const [first, second] = lines(stdout);
      const manifest = JSON.parse(readFileSync(path('slow', 'run.json'), 'utf8')) as { loss: number };
      assert.deepEqual([first['folder'], first['state'], first['loss']], [path('slow'), 'finished', manifest.loss]);
      assert.equal((first['differing'] as Readonly<Record<string, unknown>>)['model.cell'], 'rnn');
      const differing = second['differing'] as Readonly<Record<string, unknown>>;
      assert.equal(differing['model.cell'], 'lstm');
      // A vanilla RNN has an activation, an LSTM has none.
      assert.equal(differing['model.activation'], null);
    });

    it('says that a run was interrupted whose process is gone', () => {
      trained('one');
      trained('two');
      writeFileSync(
        path('two', 'run.json'),
        JSON.stringify({ ...editableManifest(path('two', 'run.json')), state: 'running' }),
      );
      const { stdout, stderr } = call('compare', 'one', 'two');
      assert.match(stdout, /^two +interrupted /m);
      assert.match(stderr, /^The runs differ in no key of their experiments\.\n$/);
    });

    it('shows no control characters of a run', () => {
      trained('one');
      trained('two');
      const manifest = editableManifest(path('two', 'run.json'));
      const experiment = { ...(manifest['experiment'] as object), hostile: 'red\u001B[31m\nforged' };
      writeFileSync(path('two', 'run.json'), JSON.stringify({ ...manifest, experiment }));
      const { stdout } = call('compare', 'one', 'two');
      assert.equal(stdout.trimEnd().split('\n').length, 4);
      assert.ok(!stdout.includes('\u001B'));
    });

    it('refuses folders without a run, all of them at once', () => {
      trained('one');
      writeFileSync(path('one', 'run.json'), '{');
      const { status, stdout, stderr } = call('compare', 'one', 'nothing');
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, /^The run in \S+one can't be read\. Its run\.json: It is damaged: it is not valid JSON\.$/m);
      assert.match(stderr, /^There is no run in \S+nothing: it has no run\.json\. Name the folder of a run\.$/m);
    });
  });

  describe('share', () => {
    const recorded = resolve('test', 'fixtures', 'recorded-run');

    it('writes one run as one HTML file, and says its size before', () => {
      trained('one');
      const { status, stdout, stderr } = call('share', 'one', '--out', 'one.html', '--capture', '1', '--json');
      assert.equal(status, 0, stderr);
      assert.match(stderr, /^Writing \S+one\.html: [\d.]+ MiB, with curves, .* and 3 updates step by step\./);
      const html = readFileSync(path('one.html'), 'utf8');
      assert.match(html, /data-kind="run"/);
      assert.deepEqual(JSON.parse(stdout), { html: path('one.html'), bytes: Buffer.byteLength(html) });
    });

    it('writes several as their comparison, also one that another program recorded', () => {
      trained('one');
      const { status, stderr } = call('share', 'one', recorded, '--out', 'both.html');
      assert.equal(status, 0, stderr);
      assert.match(stderr, /^Writing \S+both\.html: [\d.]+ MiB, with curves, findings and settings of 2 runs\./);
      assert.match(readFileSync(path('both.html'), 'utf8'), /data-kind="comparison"/);
    });

    it('shares the captured updates of a recorded run', () => {
      const { status, stderr } = call('share', recorded, '--out', 'lag.html');
      assert.equal(status, 0, stderr);
      assert.match(stderr, /and 1 update step by step\./);
    });

    it('refuses what it cannot share, and replaces no file', () => {
      trained('one');
      writeFileSync(path('there.html'), 'mine');
      const refused = (message: RegExp, ...words: string[]): void => {
        const { status, stdout, stderr } = call('share', ...words);
        assert.deepEqual([status, stdout], [1, ''], stderr);
        assert.match(stderr, message);
      };
      refused(/there\.html exists\. Choose another file, or delete it\.\n$/, 'one', '--out', 'there.html');
      assert.equal(readFileSync(path('there.html'), 'utf8'), 'mine');
      refused(/^There is no run in \S+two: /, 'one', 'two', '--out', 'x.html');
      refused(/^Update 9 can't be shared: the run in \S+one has 3 updates/, 'one', '--out', 'x.html', '--capture', '9');
      refused(/can't be written/, 'one', '--out', join('missing', 'x.html'));
      assert.ok(!existsSync(path('x.html')));
    });

    it('reads no data from a place that only the run names', () => {
      writeFileSync(path('words.txt'), 'one word after the other. '.repeat(40));
      trained('one', { data: { text: 'words.txt', length: 5 } });
      const manifest = editableManifest(path('one', 'run.json'));
      const elsewhere = join('..', '..', '..', 'elsewhere', 'x.rnn.json');
      writeFileSync(path('one', 'run.json'), JSON.stringify({ ...manifest, source: elsewhere }));
      const { status, stderr } = call('share', 'one', '--out', 'x.html');
      assert.equal(status, 1);
      assert.match(stderr, /names an experiment in \S+elsewhere\. Allow its data to be read there with --workspace/);
      // Of the experiment's files only the place is asked for; one that reads none may be anywhere.
      trained('two');
      const { source: _, ...moved } = editableManifest(path('two', 'run.json'));
      writeFileSync(path('two', 'run.json'), JSON.stringify({ ...moved, source: elsewhere }));
      assert.equal(call('share', 'two', '--out', 'x.html').status, 0);
    });
  });

  it('check writes a line of JSON per parameter, and trains nothing', () => {
    write('x.rnn.json');
    const { status, stdout } = call('check', 'x.rnn.json', '--json');
    assert.equal(status, 0);
    const checks = lines(stdout);
    assert.ok(checks.some(({ gradientOf }) => gradientOf === 'rnn.weight_hh_l0'));
    assert.ok(checks.every(({ result }) => result === 'passed'));
    assert.ok(!existsSync(path('unroll-runs')));
  });

  it('check finds a problem at its place', () => {
    write('x.rnn.json', { model: { cell: 'rnn', hidden: -4 } });
    const { status, stderr } = call('check', 'x.rnn.json');
    assert.equal(status, 1);
    assert.match(stderr, /^\S+x\.rnn\.json:1:\d+: /);
  });

  it('train makes a folder for the run in that of all runs', () => {
    write('x.rnn.json');
    assert.equal(call('train', 'x.rnn.json', '--runs', 'all').status, 0);
    const [name, ...others] = readdirSync(path('all'));
    assert.deepEqual(others, []);
    assert.match(name, /^x--\d{8}-/);
    assert.ok(existsSync(path('all', name, 'run.json')));
  });

  it('export names what it wrote as JSON, and resume continues a run', () => {
    write('x.rnn.json');
    const exported = call('export', 'x.rnn.json', '--json');
    assert.equal(exported.status, 0, exported.stderr);
    assert.deepEqual(lines(exported.stdout), [{ program: path('x.py'), tensors: path('x.safetensors') }]);
    assert.ok(existsSync(path('x.py')) && existsSync(path('x.safetensors')));
    assert.equal(call('train', 'x.rnn.json', '--out', 'run', '--steps', '2').status, 0);
    const resumed = call('resume', 'x.rnn.json', '--out', 'run');
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.match(resumed.stderr, /^Finished: 3 updates/m);
  });

  it('export writes the net of a run, of its latest checkpoint or of one that is named, and replaces no file', () => {
    write('x.rnn.json');
    assert.equal(call('train', 'x.rnn.json', '--out', 'run').status, 0);
    const exported = call('export', 'run', '--out', 'net.onnx', '--json');
    assert.equal(exported.status, 0, exported.stderr);
    assert.deepEqual(lines(exported.stdout), [
      { net: path('net.onnx'), checkpoint: 'checkpoints/update-3.safetensors' },
    ]);
    const of = join('run', 'checkpoints', 'update-3.safetensors');
    const named = call('export', of, '--out', 'net.safetensors');
    assert.equal(named.status, 0, named.stderr);
    const { tensors } = readTensorFile(readFileSync(path('net.safetensors')));
    const checkpoint = readTensorFile(readFileSync(path(of))).tensors;
    assert.deepEqual(
      [...tensors.keys()].sort(),
      [...checkpoint.keys()].filter((name) => /^(rnn|head)\./.test(name)).sort(),
    );
    for (const [name, { data }] of tensors) assert.deepEqual(data, checkpoint.get(name)?.data);
    for (const [args, reason] of [
      [['export', 'run', '--out', 'net.onnx'], /net\.onnx exists/],
      [['export', 'nowhere', '--out', 'n.onnx'], /run\.json of this run can't be read\. It is missing/],
      [
        ['export', join('run', 'checkpoints', 'update-7.safetensors'), '--out', 'n.onnx'],
        /update-7\.safetensors is missing/,
      ],
    ] as const) {
      const refused = call(...args);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, reason);
    }
  });

  it('compare says only how many updates were made where a recording does not know the planned ones', () => {
    const recorded = resolve('test', 'fixtures', 'recorded-run');
    const compared = call('compare', recorded, recorded);
    assert.equal(compared.status, 0, compared.stderr);
    assert.match(compared.stdout, /finished +140 /);
    assert.doesNotMatch(compared.stdout, /of 0/);
  });
});
