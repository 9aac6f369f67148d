import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Papa from 'papaparse';
import { exampleTraining } from './exampleTraining';
import { runFiles } from '../../../src/run/storage/runFiles';
import { PredictionReader } from '../../../src/trainer/predictions/predictionReader';
import { Replay } from '../../../src/trainer/replay/replay';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

const runner = resolve('dist', 'cli.mjs');
const table = [
  'date,temp',
  ...Array.from({ length: 60 }, (_, row) => `${1900 + row}-01,${10 + ((row * 7) % 13)}`),
].join('\n');
const keys = {
  data: { csv: 'table.csv', inputs: ['temp'], time: 'date', length: 5, validation: 0.25 },
  model: { cell: 'gru', hidden: 4 },
  training: { steps: 8, batch: 4 },
};

describe('Predictions written by the headless runner', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-predictions-'));
    writeFileSync(path('table.csv'), table);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const path = (...parts: string[]): string => join(folder, ...parts);
  const train = (changed: Readonly<Record<string, unknown>> = {}, ...words: string[]) => {
    writeFileSync(path('x.rnn.json'), JSON.stringify({ ...keys, ...changed }));
    const options = ['--out', path('run'), '--kernels', 'reference', '--predictions', path('p.csv'), ...words];
    const limits = { timeout: 30_000, killSignal: 'SIGKILL' } as const;
    return spawnSync(process.execPath, [runner, path('x.rnn.json'), ...options], { encoding: 'utf8', ...limits });
  };

  const trainPlain = (changed: Readonly<Record<string, unknown>> = {}, ...more: readonly string[]) => {
    writeFileSync(path('x.rnn.json'), JSON.stringify({ ...keys, ...changed }));
    const words = [runner, path('x.rnn.json'), '--out', path('run'), '--kernels', 'reference', ...more];
    return spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' });
  };

  it('are those of the weights that the run ended with, as a replay has them', async () => {
    const { status, stderr } = train();
    assert.equal(status, 0, stderr);
    const text = readFileSync(path('p.csv'), 'utf8');
    const rows = Papa.parse<Record<string, string>>(text.trim(), { header: true }).data;
    assert.equal(rows.length, 15);
    const root = Math.sqrt(
      rows.reduce((sum, row) => sum + (Number(row['temp predicted']) - Number(row['temp'])) ** 2, 0) / rows.length,
    );
    assert.match(
      stderr,
      new RegExp(`RMSE ${root.toPrecision(3)} \\(\\d\\S* σ\\).* over 15 held-out rows of "temp"; persistence`),
    );
    const files = new Map([['table.csv', new TextEncoder().encode(table)]]);
    const training = exampleTraining(keys, files);
    const replay = new Replay(training, new FolderStorage(path('run')), []);
    const reader = new PredictionReader(training.setup, files);
    const replayed = await reader.rows(await replay.captureUpdate(8), { update: 8, from: 0 }, () => Promise.resolve());
    assert.deepEqual([replayed.text, replayed.next, replayed.rows], [text, undefined, 15]);
  });

  it('are written by a run that is already finished, from its last checkpoint', () => {
    assert.equal(train().status, 0);
    const text = readFileSync(path('p.csv'), 'utf8');
    rmSync(path('p.csv'));
    const { status, stderr } = train({}, '--resume');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /Already finished/);
    assert.equal(readFileSync(path('p.csv'), 'utf8'), text);
  });

  it('are refused before anything is read where they cannot be written', () => {
    const refuses = (message: RegExp, ...words: string[]): void => {
      const { status, stderr } = train({}, ...words);
      assert.equal(status, 1, stderr);
      assert.match(stderr, message);
      assert.ok(!existsSync(path('run')));
    };
    const at = (name: string): readonly string[] => ['--predictions', path(name)];
    refuses(
      /^--predictions \S+p\.csv can't be written: the folder \S+none does not exist\. Create it/,
      ...at('none/p.csv'),
    );
    writeFileSync(path('there.csv'), '');
    refuses(
      /^--predictions \S+there\.csv can't be written: it exists\. Choose another file, or delete it\./,
      ...at('there.csv'),
    );
    assert.equal(readFileSync(path('there.csv'), 'utf8'), '');
    refuses(/there\.csv is a file, not a folder/, ...at('there.csv/p.csv'));
    mkdirSync(path('results'));
    refuses(
      /results can't be written: it is a folder\. Name a file in it, such as \S+predictions\.csv\./,
      ...at('results'),
    );
    refuses(/results\/ is a folder\. Name a file in it/, '--predictions', `${path('results')}/`);
    refuses(/new\/ is a folder\. Name a file in it/, '--predictions', `${path('new')}/`);
    refuses(/can't be written: the name is too long/, ...at('p'.repeat(300)));
    assert.deepEqual(readdirSync(path('results')), []);
  });

  it('are refused before the training in a folder that is not writable', function () {
    // The superuser may write everywhere but on a read-only disk, such as /proc/sys.
    const [folder, reason] = process.getuid?.() === 0 ? ['/proc/sys', /./] : [path('sealed'), /permission denied/];
    if (process.getuid === undefined || (process.getuid() === 0 && !existsSync(folder))) this.skip();
    if (process.getuid() !== 0) mkdirSync(folder, { mode: 0o555 });
    const { status, stderr } = train({}, '--predictions', join(folder, 'p.csv'));
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^--predictions \S+p\.csv can't be written: [a-z ]+\. Choose another file\.\n$/);
    assert.match(stderr, reason);
    assert.ok(!existsSync(path('run')));
  });

  it('are not needed for the errors in the unit of the data, which every run prints before its last line', () => {
    const errors =
      /^RMSE \d\S* \(\d\S* σ\) and mean absolute error .* over 15 held-out rows of "temp"; persistence has RMSE/;
    const withFile = train().stderr.trimEnd().split('\n');
    rmSync(path('run'), { recursive: true });
    const plain = trainPlain().stderr.trimEnd().split('\n');
    const found = plain.filter((line) => errors.test(line));
    assert.equal(found.length, 1, plain.join('\n'));
    assert.ok(withFile.includes(found[0] ?? ''), withFile.join('\n'));
    assert.match(plain.at(-1) ?? '', /^Finished: 8 updates/);
  });

  it('are not needed for the errors of a run that was finished before', () => {
    const errors = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('RMSE'));
    const first = trainPlain();
    const again = trainPlain({}, '--resume');
    assert.equal(again.status, 0, again.stderr);
    assert.match(again.stderr, /^Already finished: 8 updates/);
    assert.equal(errors(again.stderr).length, 1);
    assert.deepEqual(errors(again.stderr), errors(first.stderr));
  });

  it('have bounded errors: of many targets the first ones', () => {
    const names = Array.from({ length: 12 }, (_, column) => `c${column}`);
    const rows = Array.from({ length: 60 }, (_, row) =>
      names.map((_name, column) => (row * (column + 3)) % 11).join(','),
    );
    writeFileSync(path('table.csv'), [names.join(','), ...rows].join('\n'));
    const { status, stderr } = trainPlain({ data: { csv: 'table.csv', inputs: names, length: 5, validation: 0.25 } });
    assert.equal(status, 0, stderr);
    assert.equal(stderr.match(/^RMSE /gm)?.length, 7);
    assert.match(stderr, /^The errors of 5 more targets are in the run's panel\.$/m);
  });

  it('and errors are left out where nothing is held out, and where no table is', () => {
    for (const changed of [{ data: { ...keys.data, validation: 0 } }, { data: { task: 'adding', length: 6 } }]) {
      const { status, stderr } = trainPlain(changed);
      assert.equal(status, 0, stderr);
      assert.doesNotMatch(stderr, /RMSE|held-out rows/);
      rmSync(path('run'), { recursive: true });
    }
  });

  it('are refused for data without held-out rows', () => {
    const refuses = (changed: Readonly<Record<string, unknown>>, message: RegExp): void => {
      const { status, stderr } = train(changed);
      assert.equal(status, 1, stderr);
      assert.match(stderr, message);
    };
    refuses({ data: { task: 'adding', length: 5 } }, /this experiment has no "csv"/);
    refuses({ data: { ...keys.data, validation: 0 } }, /"validation" is 0/);
  });

  it('are not written by a run that has diverged', () => {
    const { status, stderr } = train({
      optimizer: { kind: 'sgd', learningRate: 1e30 },
      model: { cell: 'rnn', hidden: 4, activation: 'identity' },
      training: { steps: 200, batch: 4 },
    });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /No predictions were written: the run has not finished/);
    assert.ok(!existsSync(path('p.csv')) && existsSync(path('run', runFiles.manifest)));
  });
});
