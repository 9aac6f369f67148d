import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readRecords } from '../../../src/run/recordDecoder';

const runner = resolve('dist', 'cli.mjs');
const small = {
  data: { task: 'adding', length: 6 },
  model: { cell: 'rnn', hidden: 4 },
  training: { steps: 12, batch: 2, checkpointEvery: 5 },
};

describe('The headless runner', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-headless-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const path = (...parts: string[]): string => join(folder, ...parts);
  const experiment = (keys: Readonly<Record<string, unknown>> = {}): string => {
    writeFileSync(path('x.rnn.json'), JSON.stringify({ ...small, ...keys }));
    return path('x.rnn.json');
  };
  const train = (...words: string[]) => {
    // One that hangs has failed; without a limit the whole test run would hang with it.
    const limits = { timeout: 30_000, killSignal: 'SIGKILL' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [runner, ...words], { encoding: 'utf8', ...limits });
    return { status, stdout, stderr };
  };
  /** Refused with one diagnostic: nothing but it is said. */
  const refuses = (words: readonly string[], message: RegExp): void => {
    const { status, stdout, stderr } = train(...words);
    assert.equal(status, 1, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^[^\n]+:\d+:\d+: [^\n]+[^.]\.\n$/);
    assert.match(stderr, message);
  };
  const checkpoints = (): readonly string[] => readdirSync(path('run', 'checkpoints')).sort();

  describe('refuses', () => {
    it('an experiment that is a pipe, instead of waiting for it', function () {
      if (process.platform === 'win32') this.skip();
      execFileSync('mkfifo', [path('x.rnn.json')]);
      refuses([path('x.rnn.json')], /x\.rnn\.json:1:1: .*not a file/);
    });

    it('data outside a workspace that does not exist', () => {
      const file = experiment({ data: { text: 'x.rnn.json' } });
      refuses([file, '--workspace', path('nowhere')], /lies outside .*nowhere/);
    });

    it('a file in place of the folder of the run', () => {
      const file = experiment();
      refuses([file, '--out', file], /cannot hold a run/);
    });

    it('to capture an update that never comes, at the steps', () => {
      const file = experiment();
      refuses([file, '--capture', '3,12'], /:1:\d+: Update 12 cannot be captured: the last of 12 is update 11/);
      assert.deepEqual(readdirSync(folder), ['x.rnn.json']);
    });
  });

  it('shows what would steer the terminal, and does not obey it', () => {
    const { stderr } = train(experiment({ name: 'red \u001b[31m and \u0007' }), '--out', path('run'));
    assert.match(stderr, /^red \uFFFD\[31m and \uFFFD: rnn/);
  });

  it('ends with a checkpoint when nobody reads its lines any more', async () => {
    const file = experiment({ training: { steps: 1_000_000_000 } });
    const command = spawn(process.execPath, [runner, file, '--json', '--out', path('run')]);
    let said = '';
    command.stderr.on('data', (part: Buffer) => (said += part.toString()));
    await once(command.stdout, 'data');
    command.stdout.destroy();
    const [status] = (await once(command, 'close')) as [number | null];
    assert.equal(status, 130, said);
    assert.match(said, /Interrupted after [\d]+ updates; a checkpoint is kept/);
    assert.equal(checkpoints().length, 2);
  });

  it('fails when its folder is deleted under it', async function () {
    if (process.platform === 'win32') this.skip();
    const file = experiment({ training: { steps: 20_000 } });
    const command = spawn(process.execPath, [runner, file, '--json', '--out', path('run')]);
    let said = '';
    command.stderr.on('data', (part: Buffer) => (said += part.toString()));
    await once(command.stdout, 'data');
    command.kill('SIGSTOP');
    rmSync(path('run'), { recursive: true });
    command.kill('SIGCONT');
    command.stdout.resume();
    const [status] = (await once(command, 'close')) as [number | null];
    assert.equal(status, 3, said);
    assert.match(said, /can no longer be written.*\n.*not all was kept/);
    assert.equal(existsSync(path('run')), false);
  });

  describe('resumed', () => {
    const more = (...words: string[]): string[] => [
      ...[path('x.rnn.json'), '--out', path('run'), '--resume', '--steps', '20'],
      ...words,
    ];

    beforeEach(() => {
      assert.equal(train(experiment(), '--out', path('run')).status, 0);
      assert.deepEqual(
        checkpoints(),
        [0, 10, 12, 5].map((updates) => `update-${updates}.safetensors`),
      );
    });

    /** The updates that the records hold. */
    const recorded = (): readonly number[] =>
      readRecords(readFileSync(path('run', 'records.arrows'))).batches.flatMap(({ update }) => [...update]);
    const all = Array.from({ length: 20 }, (_, update) => update);

    it('names a damaged checkpoint, and goes on from the one before it', () => {
      truncateSync(path('run', 'checkpoints', 'update-12.safetensors'), 100);
      const { status, stderr } = train(...more());
      assert.equal(status, 0, stderr);
      assert.match(
        stderr,
        /^checkpoints\/update-12\.safetensors cannot be gone on from .*goes on from update 10 instead/,
      );
      assert.match(stderr, /going on after update 10\./);
      assert.deepEqual(recorded(), all);
    });

    it('goes back to the checkpoint that the records reach up to', () => {
      truncateSync(path('run', 'records.arrows'), readFileSync(path('run', 'records.arrows')).length - 10);
      const { status, stderr } = train(...more());
      assert.equal(status, 0, stderr);
      assert.match(stderr, /records\.arrows has \d+ bytes; the first \d+ are needed/);
      assert.deepEqual(recorded(), all);
    });

    it('refuses when no checkpoint can be used, and names the newest', () => {
      for (const name of checkpoints()) truncateSync(path('run', 'checkpoints', name), 100);
      refuses(more(), /checkpoints\/update-12\.safetensors cannot be gone on from .*No checkpoint before it/);
    });

    it('refuses to go on with other kernels than it began with', () => {
      refuses(more('--kernels', 'reference'), /computed by the simd kernels, not by reference.*add --kernels simd/);
    });

    it('refuses a folder that a living process trains in', () => {
      writeFileSync(path('run', 'run.lock'), String(process.pid));
      refuses(more(), new RegExp(`process ${process.pid} is training there now`));
    });

    it('takes over from a process that was killed, and leaves no lock', () => {
      const gone = spawnSync(process.execPath, ['--version']).pid;
      writeFileSync(path('run', 'run.lock'), String(gone));
      const { status, stderr } = train(...more());
      assert.equal(status, 0, stderr);
      assert.equal(existsSync(path('run', 'run.lock')), false);
      const { batches, cutShort } = readRecords(readFileSync(path('run', 'records.arrows')));
      assert.equal(cutShort, undefined);
      assert.deepEqual(
        batches.flatMap(({ update }) => [...update]),
        Array.from({ length: 20 }, (_, update) => update),
      );
    });

    it('says which updates were over before they could be captured', () => {
      const { status, stderr } = train(...more('--capture', '3,15'));
      assert.equal(status, 0);
      assert.match(stderr, /Not captured: 3\. The updates now done are 12 to 19\./);
      assert.ok(existsSync(path('run', 'step-15.safetensors')));
    });
  });

  it('finds a run finished that has reached its loss', () => {
    const file = experiment({ training: { steps: 12, stopAtLoss: 1000 } });
    assert.equal(train(file, '--out', path('run')).status, 0);
    const { status, stderr } = train(file, '--out', path('run'), '--resume');
    assert.equal(status, 0);
    assert.match(stderr, /^Already finished: 1 updates/);
  });
});
