import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { editableManifest } from '../../editableManifest';
import { writeHouseholds } from '../../bench/households';
import { formatNumber } from '../../../src/text/numbers';
import { readManifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/records/recordDecoder';

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
    // A runner that hangs has failed; without a limit the whole test run would hang.
    const limits = { timeout: 30_000, killSignal: 'SIGKILL' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [runner, ...words], { encoding: 'utf8', ...limits });
    return { status, stdout, stderr };
  };
  /** Trains to the end in `run`, with an action in the middle while the runner is suspended. */
  const trainWith = async (
    happen: () => void,
  ): Promise<{ readonly status: number | null; readonly output: string }> => {
    const file = experiment({ training: { steps: 20_000 } });
    const command = spawn(process.execPath, [runner, file, '--json', '--out', path('run')]);
    let said = '';
    command.stderr.on('data', (part: Buffer) => (said += part.toString()));
    await once(command.stdout, 'data');
    command.kill('SIGSTOP');
    happen();
    command.kill('SIGCONT');
    command.stdout.resume();
    const [status] = (await once(command, 'close')) as [number | null];
    return { status, output: said };
  };
  /** The runner exits with one diagnostic and no other output. */
  const refuses = (words: readonly string[], message: RegExp): void => {
    const { status, stdout, stderr } = train(...words);
    assert.equal(status, 1, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^[^\n]+:\d+:\d+: [^\n]+[^.]\.\n$/);
    assert.match(stderr, message);
  };
  /** The runner exits with one message about its command line, which has no place in the experiment. */
  const refusesCommand = (words: readonly string[], message: RegExp): void => {
    const { status, stdout, stderr } = train(...words);
    assert.equal(status, 1, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^[^\n]+[^.]\.\n$/);
    assert.doesNotMatch(stderr, /:\d+:\d+: /);
    assert.match(stderr, message);
  };
  const checkpoints = (): readonly string[] => readdirSync(path('run', 'checkpoints')).sort();

  it('says before it trains what is noticeable in a table, and says it once', () => {
    const numbers = Array.from({ length: 100 }, (_, row) => (row % 40 === 3 ? -9999 : row % 17));
    writeFileSync(path('a.csv'), `n\n${numbers.join('\n')}\n`);
    const file = experiment({ data: { csv: 'a.csv', inputs: ['n'], length: 6 } });
    const { status, stderr } = train(file, '--out', path('run'));
    assert.equal(status, 0, stderr);
    const lines = stderr.trimEnd().split('\n');
    assert.match(lines[1] ?? '', /^warning at data\.missing: Column "n" of "a\.csv" is -9999 in 3 rows \(5, 45, 85\)/);
    assert.equal(lines.filter((line) => line.includes('-9999')).length, 1, stderr);
    // The run's folder has it, for the panel.
    assert.match(readFileSync(path('run', 'findings.jsonl'), 'utf8'), /-9999/);
  });

  it('says at its end how the loss compares with each baseline, on held-out data', () => {
    const numbers = Array.from({ length: 120 }, (_, row) => 5 * Math.sin((2 * Math.PI * row) / 12) + (row % 5) / 5);
    writeFileSync(path('a.csv'), `n\n${numbers.join('\n')}\n`);
    const data = { csv: 'a.csv', inputs: ['n'], length: 6 };
    const { status, stderr } = train(
      experiment({ data, training: { steps: 5, batch: 2, validateEvery: 5 } }),
      '--out',
      path('run'),
    );
    assert.equal(status, 0, stderr);
    const last = stderr.trimEnd().split('\n').at(-2) ?? '';
    const clause = String.raw`(?:as high as|[\d.]+(?: % (?:above|below)| times))`;
    assert.match(
      last,
      new RegExp(
        `^On held-out data the loss is ${clause} “mean” \\(.*\\), ${clause} “persistence” \\(.*\\) and ${clause} “seasonal persistence \\(12\\)” \\(.*\\)\\.$`,
      ),
    );
  });

  describe('refuses, before it reads any data,', () => {
    const missingData = { data: { text: 'none.txt' } };

    it('a folder that holds a run already', () => {
      assert.equal(train(experiment(), '--out', path('run')).status, 0);
      refusesCommand(
        [experiment(missingData), '--out', path('run')],
        /^\S+run already holds a run\. Choose another --out, or add --resume/,
      );
    });

    it('to resume where there is no run, and a folder that is a file', () => {
      refusesCommand([experiment(missingData), '--out', path('run'), '--resume'], /^There is no run to resume in/);
      writeFileSync(path('file'), '');
      refusesCommand(
        [experiment(missingData), '--out', path('file')],
        /file can't hold a run: a part of the path is a file, not a folder\. Choose a folder for --out/,
      );
    });
  });

  it('ends at once on Ctrl+C while it reads a large table, and has written nothing', async function () {
    if (process.platform === 'win32') this.skip();
    this.timeout(60_000);
    writeHouseholds(path('h.csv'), 500_000);
    const data = { csv: 'h.csv', inputs: ['Voltage'], gaps: 'skip' };
    const command = spawn(process.execPath, [runner, experiment({ data }), '--out', path('run')]);
    let said = '';
    command.stderr.on('data', (part: Buffer) => (said += part.toString()));
    // Until it has read a third of the file, of three times that it reads it.
    await new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        const io = existsSync('/proc/self/io') ? readFileSync(`/proc/${String(command.pid)}/io`, 'utf8') : '';
        const read = Number(/rchar: (\d+)/.exec(io)?.[1] ?? 0);
        if (read < statSync(path('h.csv')).size / 3 && io !== '') return;
        clearInterval(watch);
        resolve();
      }, 5);
    });
    const start = performance.now();
    command.kill('SIGINT');
    const [, signal] = (await once(command, 'close')) as [number | null, string | null];
    assert.equal(signal, 'SIGINT', said);
    assert.ok(performance.now() - start < 2000, `${performance.now() - start} ms`);
    assert.ok(!existsSync(path('run')));
  });

  describe('refuses', () => {
    it('a missing experiment, with a message', () => {
      refusesCommand([path('none.rnn.json')], /^File not found: \S+none\.rnn\.json\. Name the \*\.rnn\.json file/);
    });

    it('an experiment that is a pipe, instead of waiting for it', function () {
      if (process.platform === 'win32') this.skip();
      execFileSync('mkfifo', [path('x.rnn.json')]);
      refusesCommand([path('x.rnn.json')], /x\.rnn\.json is a device or a pipe, not a file/);
    });

    it('endless data without a size, instead of reading them forever', function () {
      if (process.platform !== 'linux') this.skip();
      const { stderr } = train(experiment({ data: { text: '/proc/self/pagemap' } }), '--workspace', '/');
      assert.match(stderr, /"\/proc\/self\/pagemap" is empty/);
    });

    it('a workspace that does not exist, or is no folder', () => {
      const file = experiment({ data: { text: 'x.rnn.json' } });
      refusesCommand([file, '--workspace', path('no')], /^--workspace \S+no can't be used: it does not exist\./);
      refusesCommand([file, '--workspace', file], /can't be used: it is not a folder\. Name the folder/);
    });

    it('data outside the workspace', () => {
      const file = experiment({ data: { text: '../x.txt' } });
      refuses([file], /"\.\.\/x\.txt" is outside/);
    });

    it('a file in place of the folder of the run', () => {
      const file = experiment();
      refusesCommand([file, '--out', file], /can't hold a run/);
    });

    it('to capture an update after the last, at training.steps', () => {
      const file = experiment();
      refuses([file, '--capture', '3,12'], /:1:\d+: Update 12 can't be captured: the last of 12 is update 11/);
      // The file does not say how many updates there are.
      refusesCommand(
        [file, '--capture', '3', '--steps', '2'],
        /^Update 3 can't be captured: the last of 2 is update 1/,
      );
      assert.deepEqual(readdirSync(folder), ['x.rnn.json']);
    });
  });

  describe('escapes control characters in its output', () => {
    // A colour, a bell, an eight-bit control sequence, and bidirectional text.
    const nasty = '\u001b[31m\u0007\u009b2J\u202eab\u2069\u200f';
    const shown = '\uFFFD[31m\uFFFD\uFFFD2J\uFFFDab\uFFFD\uFFFD';
    const rows = Array.from({ length: 40 }, (_, i) => `${i},word`).join('\n');
    const table = { csv: 'table.csv', inputs: ['a'], targets: [nasty], length: 4 };

    for (const [what, keys, ...words] of [
      ['the name of an experiment', { name: nasty }],
      ['the name of a variant', { variants: { [nasty]: { model: { cell: 'gru' } } } }, '--variant', nasty],
      ['a variant that there is not', { variants: { [nasty]: {} } }, '--variant', 'a'],
      ['the path of its data', { data: { text: nasty } }],
      ['the name of a column', { data: table }],
      ['a column that there is not', { data: { ...table, targets: ['b'] } }],
      ['an unknown key', { [nasty]: 1 }],
      ['a value', { model: { cell: nasty } }],
      ['the folder of the run', {}, '--out', `run${nasty}`],
      ['an option of the command line', {}, `--${nasty}`],
      ['a value of the command line', {}, '--steps', nasty],
    ] as readonly (readonly [string, Readonly<Record<string, unknown>>, ...string[]])[]) {
      it(`in ${what}`, () => {
        writeFileSync(path('table.csv'), `a,${nasty}\n${rows}\n`);
        const out = words.includes('--out') ? [] : ['--out', path('run')];
        const given = words.map((word) => (word.startsWith('run') ? path(word) : word));
        const { stdout, stderr } = train(experiment(keys), ...given, ...out);
        assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n\t]|\p{Bidi_Control}/u);
        assert.ok(stderr.includes(shown) || stderr.includes('\\u001b[31m'), stderr);
      });
    }

    it('in a long name of several lines', () => {
      const long = 'a\nFinished: 12 updates. '.repeat(1000);
      const variants = { [long]: {} };
      const { stderr } = train(experiment({ name: long, variants }), '--variant', long, '--out', path('run'));
      assert.equal(stderr.match(/^Finished/gm)?.length, 1, stderr);
      assert.ok(stderr.length < 1000, stderr);
      for (const line of stderr.trimEnd().split('\n')) {
        assert.match(line, /^a Finished|^Finished: 12 updates, loss|^On held-out data the loss is/);
      }
    });

    it('in the manifest of a run that is resumed', () => {
      train(experiment(), '--out', path('run'));
      const manifest = editableManifest(path('run', 'run.json'));
      writeFileSync(path('run', 'run.json'), JSON.stringify({ ...manifest, state: 'stopped', message: nasty }));
      const { stderr } = train(experiment({ name: nasty }), '--out', path('run'), '--resume', '--steps', '20');
      assert.doesNotMatch(stderr, /[^\P{Cc}\n\t]|\p{Bidi_Control}/u);
    });
  });

  it('prints the last losses at the end', () => {
    const { stderr } = train(experiment({ training: { ...small.training, validateEvery: 12 } }), '--out', path('run'));
    const { loss, validationLoss } = readManifest(readFileSync(path('run', 'run.json'))) ?? {};
    assert.ok(typeof loss === 'number' && typeof validationLoss === 'number');
    const words = `loss ${formatNumber(loss)}, validation loss ${formatNumber(validationLoss)}`;
    assert.match(stderr, new RegExp(`Finished: 12 updates, ${words}\\. Records: `));
  });

  it('prints the accuracy of classes at the end, and what a validation measured in its line of JSON', () => {
    const training = { ...small.training, validateEvery: 12 };
    const file = experiment({ data: { task: 'temporalOrder', length: 12 }, training });
    const { stdout, stderr } = train(file, '--json', '--out', path('run'));
    assert.match(
      stderr,
      /, validation loss \S+, accuracy \d+\.\d % \(\d+\.\d % by always predicting the most frequent class\)\. Records: /,
    );
    const lines = stdout.trim().split('\n');
    const { validationMetrics } = JSON.parse(lines.at(-1) ?? '') as { readonly validationMetrics: object };
    assert.deepEqual(Object.keys(validationMetrics), ['accuracy', 'most_frequent_class']);
    assert.equal(lines.filter((line) => line.includes('validationMetrics')).length, 1);
  });

  it('ends immediately when it is interrupted while it parses a large file, and leaves no files', async function () {
    if (process.platform !== 'linux') this.skip();
    const row = '0.25,'.repeat(9).concat('1\n');
    const header = Array.from({ length: 10 }, (_, n) => `c${n}`);
    writeFileSync(path('a.csv'), `${header.join()}\n${row.repeat(1_700_000)}`);
    const file = experiment({ data: { csv: 'a.csv', inputs: header }, training: { steps: 1_000_000_000 } });
    const command = spawn(process.execPath, [runner, file, '--out', path('run')], { stdio: 'ignore' });
    const over = once(command, 'close');
    // Once all bytes of the table have been read, it is being parsed.
    const { size } = statSync(path('a.csv'));
    const read = (): number =>
      Number(/^rchar: (\d+)/.exec(readFileSync(`/proc/${String(command.pid)}/io`, 'utf8'))?.[1]);
    while (read() < size) await new Promise((done) => setTimeout(done, 2));
    command.kill('SIGINT');
    assert.deepEqual(await over, [null, 'SIGINT']);
    assert.equal(existsSync(path('run')), false);
  });

  it('ends with a checkpoint when its output is closed, and says how to resume', async () => {
    const file = experiment({ training: { steps: 1_000_000_000 }, variants: { 'a copy': {} } });
    const options = ['--variant', 'a copy', '--out', path('run')];
    const command = spawn(process.execPath, [runner, file, '--json', ...options]);
    let said = '';
    command.stderr.on('data', (part: Buffer) => (said += part.toString()));
    await once(command.stdout, 'data');
    command.stdout.destroy();
    const [status] = (await once(command, 'close')) as [number | null];
    assert.equal(status, 130, said);
    assert.match(
      said,
      /Interrupted after [\d]+ updates; a checkpoint was saved\. Resume with --variant "a copy" --out .+ --resume\./,
    );
    assert.equal(checkpoints().filter((name) => name.startsWith('update-')).length, 2);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`ends with a checkpoint at ${signal}`, async function () {
      if (process.platform === 'win32') this.skip();
      const file = experiment({ training: { steps: 1_000_000_000 } });
      const command = spawn(process.execPath, [runner, file, '--json', '--out', path('run')]);
      command.stdout.once('data', () => command.kill(signal));
      command.stdout.resume();
      assert.deepEqual(await once(command, 'close'), [130, null]);
      assert.equal(readManifest(readFileSync(path('run', 'run.json')))?.state, 'stopped');
      assert.equal(existsSync(path('run', 'run.lock')), false);
    });
  }

  it('fails when its folder is deleted under it', async function () {
    if (process.platform === 'win32') this.skip();
    const { status, output: said } = await trainWith(() => {
      rmSync(path('run'), { recursive: true });
    });
    assert.equal(status, 3, said);
    assert.match(said, /can't be written \(ENOENT.*\nThis run is no longer on disk.*\n.*not everything was saved/);
    assert.equal(existsSync(path('run')), false);
  });

  it('fails when another program empties its records, and writes none without a start', async function () {
    if (process.platform === 'win32') this.skip();
    const { status, output: said } = await trainWith(() => {
      truncateSync(path('run', 'records.arrows'), 0);
    });
    assert.equal(status, 3, said);
    assert.match(
      said,
      /can't be written \(records\.arrows has 0 bytes, not the [\d,]+ that were written: another program/,
    );
    assert.match(said, /not everything was saved/);
    assert.equal(statSync(path('run', 'records.arrows')).size, 0);
  });

  it('removes what another program appends to its records', async function () {
    if (process.platform === 'win32') this.skip();
    const { status, output: said } = await trainWith(() => {
      appendFileSync(path('run', 'records.arrows'), 'x'.repeat(1000));
    });
    assert.equal(status, 0, said);
    assert.match(said, /another program has changed it.*\nSince update [\d,]+ the run's records can be written again/);
    const { batches, incompleteReason } = readRecords(readFileSync(path('run', 'records.arrows')));
    assert.equal(incompleteReason, undefined);
    assert.equal(batches.flatMap(({ update }) => [...update]).length, 20_000);
  });

  it('does not change its folder after another process has taken it over', async function () {
    if (process.platform === 'win32') this.skip();
    const { status, output: said } = await trainWith(() => {
      writeFileSync(path('run', 'run.lock'), '1 elsewhere.example');
    });
    assert.equal(status, 3, said);
    assert.match(said, /process 1 on elsewhere\.example has taken over the folder.*stop this training/);
    assert.equal(readManifest(readFileSync(path('run', 'run.json')))?.state, 'running');
    assert.equal(readFileSync(path('run', 'run.lock'), 'utf8'), '1 elsewhere.example');
  });

  describe('resumed', () => {
    const more = (...words: string[]): string[] => [
      ...[path('x.rnn.json'), '--out', path('run'), '--resume', '--steps', '20'],
      ...words,
    ];

    beforeEach(() => {
      assert.equal(train(experiment(), '--out', path('run')).status, 0);
      assert.deepEqual(checkpoints(), [
        'best.safetensors',
        ...[0, 10, 12, 5].map((updates) => `update-${updates}.safetensors`),
      ]);
      // The last state is also that of the lowest validation loss, and would be used in place of a damaged checkpoint.
      rmSync(path('run', 'checkpoints', 'best.safetensors'));
    });

    /** The updates in the records. */
    const recorded = (): readonly number[] =>
      readRecords(readFileSync(path('run', 'records.arrows'))).batches.flatMap(({ update }) => [...update]);
    const all = Array.from({ length: 20 }, (_, update) => update);

    it('reports a damaged checkpoint, and continues from the previous one', () => {
      truncateSync(path('run', 'checkpoints', 'update-12.safetensors'), 100);
      const { status, stderr } = train(...more());
      assert.equal(status, 0, stderr);
      assert.match(stderr, /^checkpoints\/update-12\.safetensors can't be used .*continues from update 10 instead/);
      assert.match(stderr, /resuming after update 10\./);
      assert.deepEqual(recorded(), all);
    });

    it('continues from its latest checkpoint where the records are shorter, and reports the lost updates', () => {
      truncateSync(path('run', 'records.arrows'), readFileSync(path('run', 'records.arrows')).length - 10);
      const { status, stderr } = train(...more());
      assert.equal(status, 0, stderr);
      const [, from = ''] =
        /records\.arrows is shorter than .* requires: the records of updates (\d+) to 11 are lost\. The run continues from update 12/.exec(
          stderr,
        ) ?? [];
      assert.deepEqual(
        recorded(),
        all.filter((update) => update < Number(from) || update >= 12),
      );
    });

    it('fails if no checkpoint can be used, and names the latest', () => {
      for (const name of checkpoints()) truncateSync(path('run', 'checkpoints', name), 100);
      refusesCommand(more(), /checkpoints\/update-12\.safetensors can't be used .*No earlier checkpoint/);
    });

    it('refuses to resume with other kernels than those it started with', () => {
      refusesCommand(
        more('--kernels', 'reference'),
        /computed by the (simd|simd-fma) kernels, not by reference.*add --kernels \1\./,
      );
    });

    it('resumes with the kernels it started with by default', () => {
      rmSync(path('run'), { recursive: true });
      assert.equal(train(path('x.rnn.json'), '--out', path('run'), '--kernels', 'reference').status, 0);
      const { status, stderr } = train(...more());
      assert.equal(status, 0, stderr);
      assert.match(stderr, /reference kernels.*resuming after update 12/);
      assert.doesNotMatch(stderr, /cannot run here/);
    });

    it('resumes with others if those cannot run here, with a notice', () => {
      const manifest = path('run', 'run.json');
      const before = JSON.stringify(editableManifest(manifest), undefined, 2);
      writeFileSync(manifest, before.replaceAll(/"kernels": "[\w-]+"/g, '"kernels": "simd-1024"'));
      const { status, stderr } = train(...more());
      assert.equal(status, 0, stderr);
      assert.match(
        stderr,
        /^This run was computed by the simd-1024 kernels, which can't run here\. It continues with the (simd\S*) kernels.*simd-1024 kernels, from update 12 on \1 kernels/s,
      );
      assert.deepEqual(recorded(), all);
      const { kernels, facts } = readManifest(readFileSync(manifest)) ?? {};
      assert.equal(kernels, 'simd-1024');
      assert.deepEqual(
        facts?.kernelChanges.map(({ update }) => update),
        [12],
      );
    });

    it('refuses to resume with another experiment, and names the differing keys', () => {
      experiment({ model: { cell: 'rnn', hidden: 5 }, optimizer: { kind: 'adam', learningRate: 0.02 } });
      refusesCommand(
        more(),
        /with another experiment, with model\.hidden 4 and not 5, optimizer\.learningRate 0\.001 and not 0\.02; only/,
      );
    });

    it('refuses to resume a variant without its name, and says it', () => {
      const variants = { 'a GRU': { model: { cell: 'gru' } } };
      train(experiment({ variants }), '--variant', 'a GRU', '--out', path('variant'));
      refusesCommand(
        [path('x.rnn.json'), '--out', path('variant'), '--resume'],
        /The run in variant trains the variant "a GRU"\. Choose another --out, or add --variant "a GRU"\./,
      );
    });

    it('resumes with another name and other notes, which affect no result', () => {
      experiment({ name: 'Renamed', notes: 'They say nothing of how it is trained.' });
      const { status, stderr } = train(...more());
      assert.equal(status, 0, stderr);
      assert.match(stderr, /^Renamed: .*resuming after update 12/);
      assert.equal(readManifest(readFileSync(path('run', 'run.json')))?.facts.name, 'Renamed');
    });

    it('refuses to resume with other data under the same name', () => {
      rmSync(path('run'), { recursive: true });
      const words = 'one sheep, two sheep, three sheep, four. '.repeat(20);
      writeFileSync(path('book.txt'), words);
      experiment({ data: { text: 'book.txt', length: 4 } });
      assert.equal(train(path('x.rnn.json'), '--out', path('run')).status, 0);
      writeFileSync(path('book.txt'), words.replace('two', 'ten'));
      refusesCommand(more(), /was trained on other data: text book\.txt has changed since.*restore the earlier file/);
      writeFileSync(path('book.txt'), words);
      assert.equal(train(...more()).status, 0);
      const digest = createHash('sha256').update(words).digest('hex');
      assert.equal(readManifest(readFileSync(path('run', 'run.json')))?.facts.dataDigest, digest);
    });

    it('refuses a folder that a living process trains in', () => {
      writeFileSync(path('run', 'run.lock'), String(process.pid));
      refusesCommand(more(), new RegExp(`process ${process.pid} is training in this folder`));
    });

    it('takes over from a process that was killed, and leaves no lock', () => {
      const gone = spawnSync(process.execPath, ['--version']).pid;
      writeFileSync(path('run', 'run.lock'), String(gone));
      const { status, stderr } = train(...more());
      assert.equal(status, 0, stderr);
      assert.equal(existsSync(path('run', 'run.lock')), false);
      const { batches, incompleteReason: incompleteReason } = readRecords(readFileSync(path('run', 'records.arrows')));
      assert.equal(incompleteReason, undefined);
      assert.deepEqual(
        batches.flatMap(({ update }) => [...update]),
        Array.from({ length: 20 }, (_, update) => update),
      );
    });

    it('reports the updates that could not be captured', () => {
      const { status, stderr } = train(...more('--capture', '3,15'));
      assert.equal(status, 0);
      assert.match(stderr, /Not captured: 3\. Updates 12 to 19 were computed now\./);
      assert.ok(existsSync(path('run', 'step-15.safetensors')));
    });
  });

  describe('with workers', () => {
    // Long enough to be split: about four milliseconds per update.
    const long = {
      data: { task: 'adding', length: 50 },
      model: { cell: 'lstm', hidden: 64 },
      training: { steps: 6, batch: 32, checkpointEvery: 3 },
    };
    const fileOf = (folder: string, file: string): Buffer => readFileSync(path(folder, file));
    const runInfoIn = (folder: string) => readManifest(fileOf(folder, 'run.json'))?.facts;

    it('computes the same bits with one and with two, and resumes with one bit for bit', () => {
      const file = experiment(long);
      const two = train(file, '--out', path('two'), '--workers', '2', '--capture', '5');
      assert.equal(two.status, 0, two.stderr);
      assert.match(two.stderr, /about [\d.]+ MiB of memory, simd(?:-fma)? kernels, batches split into 3, 2 workers\./);
      assert.deepEqual([runInfoIn('two')?.shards, runInfoIn('two')?.workers], [3, 2]);
      const one = train(file, '--out', path('one'), '--workers', '1', '--steps', '4');
      assert.match(one.stderr, /simd(?:-fma)? kernels, batches split into 3, one worker\./);
      assert.equal(train(file, '--out', path('one'), '--workers', '1', '--resume', '--capture', '5').status, 0);
      assert.deepEqual(fileOf('one', 'step-5.safetensors'), fileOf('two', 'step-5.safetensors'));
    });

    it('splits the batch of a resumed run as before, whatever this build would choose', () => {
      const file = experiment(long);
      assert.equal(train(file, '--out', path('run'), '--steps', '3').status, 0);
      const manifest = editableManifest(path('run', 'run.json')) as {
        facts: { shards?: number | undefined };
      };
      for (const recorded of [2, undefined]) {
        manifest.facts.shards = recorded;
        writeFileSync(path('run', 'run.json'), JSON.stringify(manifest));
        const { status, stderr } = train(file, '--out', path('run'), '--resume', '--steps', recorded === 2 ? '4' : '5');
        assert.equal(status, 0, stderr);
        assert.equal(runInfoIn('run')?.shards, recorded ?? 1, 'a run of an earlier build was not cut');
      }
    });

    it('reports how many workers run if more were requested than are useful', () => {
      assert.match(
        train(experiment(), '--out', path('run'), '--workers', '4').stderr,
        /too short to be shared: one trains/,
      );
      const { stderr } = train(experiment(long), '--out', path('long'), '--workers', '8');
      assert.match(stderr, /8 workers were requested.*only 3 parts: 3 train/);
      assert.match(
        train(experiment(), '--workers', '0').stderr,
        /--workers takes a whole number of 1 or more; found "0"/,
      );
    });
  });

  it('trains with the fused kernels on every supported Node.js', () => {
    const { status, stderr } = train(experiment(), '--out', path('alone'));
    assert.equal(status, 0, stderr);
    assert.match(stderr, /simd-fma kernels/);
    // Threads have the kernels of the process that starts them.
    const long = { data: { task: 'adding', length: 50 }, model: { cell: 'lstm', hidden: 64 } };
    const file = experiment({ ...long, training: { steps: 2, batch: 32 } });
    const shared = train(file, '--out', path('shared'), '--workers', '2');
    assert.equal(shared.status, 0, shared.stderr);
    assert.match(shared.stderr, /simd-fma kernels, .*2 workers/);
  });

  it('uses kernels with the same results on all machines if a run must be reproducible', () => {
    const file = experiment();
    assert.match(train(file, '--out', path('same'), '--reproducible').stderr, /simd kernels/);
    assert.match(train(file, '--reproducible', '--kernels', 'simd-fma').stderr, /Remove one of the two/);
  });

  it('says why a run was stopped early and when it was best, and treats it as finished', () => {
    const training = { steps: 400, batch: 2, validateEvery: 2, patience: 2 };
    const file = experiment({ training, optimizer: { kind: 'sgd', learningRate: 4 }, clip: { norm: 1 } });
    const first = train(file, '--out', path('run'));
    assert.equal(first.status, 0, first.stderr);
    assert.match(
      first.stderr,
      /Finished after (\d+) updates[^\n]*\. Stopped early: no lower validation loss in 2 validations\. It was lowest after \d+ updates?: /,
    );
    assert.ok(checkpoints().includes('best.safetensors'));
    const { status, stderr } = train(file, '--out', path('run'), '--resume');
    assert.equal(status, 0);
    assert.match(stderr, /^Already finished: \d+ updates in /);
  });

  it('treats a run that has reached stopAtLoss as finished', () => {
    const file = experiment({ training: { steps: 12, stopAtLoss: 1000 } });
    assert.equal(train(file, '--out', path('run')).status, 0);
    const { status, stderr } = train(file, '--out', path('run'), '--resume');
    assert.equal(status, 0);
    assert.match(stderr, /^Already finished: 1 update in /);
  });
});
