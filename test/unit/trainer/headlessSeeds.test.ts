import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { formatNumber } from '../../../src/text/numbers';
import { readManifest, type Manifest } from '../../../src/run/manifest';

const runner = resolve('dist', 'cli.mjs');
const small = {
  data: { task: 'adding', length: 6 },
  model: { cell: 'rnn', hidden: 4 },
  training: { steps: 12, batch: 2, validateEvery: 6, checkpointEvery: 5 },
};

describe('The headless runner with several seeds', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-seeds-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const path = (...parts: string[]): string => join(folder, ...parts);
  const experiment = (keys: Readonly<Record<string, unknown>> = {}): string => {
    writeFileSync(path('x.rnn.json'), JSON.stringify({ ...small, seeds: [5, 1, 9], ...keys }));
    return path('x.rnn.json');
  };
  const train = (...words: string[]) =>
    spawnSync(process.execPath, [runner, ...words], { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' });
  const refuses = (words: readonly string[], message: RegExp): void => {
    const { status, stderr } = train(...words);
    assert.equal(status, 1, stderr);
    assert.match(stderr, message);
  };
  const manifestIn = (...parts: string[]): Manifest => {
    const manifest = readManifest(readFileSync(path(...parts, 'run.json')));
    assert.ok(manifest, parts.join('/'));
    return manifest;
  };

  it('trains each in a folder of its own, and sums up their losses', () => {
    const { status, stderr } = train(experiment(), '--out', path('runs'));
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(path('runs')).sort(), ['seed-1', 'seed-5', 'seed-9']);
    const manifests = [5, 1, 9].map((seed) => manifestIn('runs', `seed-${seed}`));
    assert.deepEqual(
      manifests.map(({ experiment: { seed }, facts }) => [seed, facts.seed, facts.seeds]),
      [5, 1, 9].map((seed) => [seed, seed, [5, 1, 9]]),
    );
    assert.match(stderr, /^3 seeds: 3 finished \(seeds 5, 1, 9\)\.$/m);
    for (const [name, key] of [
      ['Loss of the last update', 'loss'],
      ['Last validation loss', 'validationLoss'],
    ] as const) {
      // Of three values the median is the second, and a quartile is half way from it to the first or third.
      const [a = NaN, b = NaN, c = NaN] = manifests
        .map((manifest) => manifest[key] ?? NaN)
        .sort((one, two) => one - two);
      const numbers = [b, (a + b) / 2, (b + c) / 2, a, c].map(formatNumber);
      const [median, lower, upper, lowest, highest] = numbers;
      const line = `${name} of the finished runs: median ${median}, quartiles ${lower} to ${upper}, range ${lowest} to ${highest} (n = 3).`;
      assert.ok(stderr.includes(line), `${line}\n${stderr}`);
    }
  });

  it('trains the same run as an experiment with that seed alone', () => {
    assert.equal(train(experiment(), '--out', path('runs')).status, 0);
    assert.equal(train(experiment({ seeds: undefined, seed: 9 }), '--out', path('one')).status, 0);
    const [grouped, single] = [manifestIn('runs', 'seed-9'), manifestIn('one')];
    assert.deepEqual(grouped.experiment, single.experiment);
    assert.deepEqual([grouped.loss, grouped.validationLoss], [single.loss, single.validationLoss]);
    assert.deepEqual(single.facts.seeds, []);
  });

  it('trains the one that is named, in the folder that is named', () => {
    const { status, stderr, stdout } = train(experiment(), '--seed', '1', '--out', path('run'), '--json');
    assert.equal(status, 0, stderr);
    assert.equal(manifestIn('run').facts.seed, 1);
    const line = JSON.parse(stdout.split('\n')[0] ?? '') as { readonly step: number; readonly seed: number };
    assert.deepEqual([line.step, line.seed], [0, 1]);
    assert.doesNotMatch(stderr, /3 seeds/);
    refuses([experiment(), '--seed', '2'], /^Seed 2 is not a seed of this experiment: its "seeds" are 5, 1, 9\./);
  });

  it('names the seed in the folders of the default place', () => {
    assert.equal(train(experiment({ seeds: [8, 3] })).status, 0);
    const names = readdirSync(path('unroll-runs')).filter((name) => name !== '.gitignore');
    assert.deepEqual(names.map((name) => /^x--seed-(\d)--/.exec(name)?.[1]).sort(), ['3', '8']);
  });

  it('goes on with the others where one diverges, and tells it by its exit code', () => {
    const exploding = { optimizer: { kind: 'sgd', learningRate: 1e30 } };
    const { status, stderr } = train(experiment({ ...exploding, seeds: [1, 2] }), '--out', path('runs'));
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^2 seeds: 2 diverged \(seeds 1, 2\)\.$/m);
    assert.doesNotMatch(stderr, /median/);
    assert.equal(manifestIn('runs', 'seed-2').state, 'diverged');
  });

  it('resumes the runs that are there, and starts those that are missing', () => {
    assert.equal(train(experiment(), '--out', path('runs')).status, 0);
    const before = manifestIn('runs', 'seed-5').endedAt;
    rmSync(path('runs', 'seed-9'), { recursive: true });
    refuses(
      [experiment(), '--out', path('runs')],
      /already holds runs of these seeds \("seed-1", "seed-5"\)\. Choose another --out, or add --resume/,
    );
    assert.ok(!existsSync(path('runs', 'seed-9')));
    const { status, stderr } = train(experiment(), '--out', path('runs'), '--resume');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^3 seeds: 3 finished/m);
    assert.equal(manifestIn('runs', 'seed-5').endedAt, before);
    assert.equal(manifestIn('runs', 'seed-9').updates, 12);
  });

  it('refuses what fits one run only, before anything is written', () => {
    refuses(
      [experiment(), '--predictions', path('p.csv')],
      /^--predictions names one file, but this experiment is trained with 3 seeds\. Add --seed N/,
    );
    refuses([experiment(), '--out', path('none'), '--resume'], /^There are no runs of these seeds to resume in /);
    mkdirSync(path('full'));
    writeFileSync(path('full', 'note.txt'), '');
    refuses(
      [experiment(), '--out', path('full')],
      /isn't empty \("note\.txt" is there\)\. Choose a new or empty folder/,
    );
    assert.equal(train(experiment(), '--seed', '5', '--out', path('run')).status, 0);
    refuses(
      [experiment(), '--out', path('run')],
      /run holds a run, and with several seeds --out is the folder of their runs/,
    );
    refuses([experiment({ seeds: [1, 1] })], /:1:\d+: "seeds"\[1\] is 1: the same seed is at \[0\]/);
    assert.ok(!existsSync(path('unroll-runs')));
  });
});
