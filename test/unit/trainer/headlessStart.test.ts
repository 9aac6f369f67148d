import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const runner = resolve('dist', 'cli.mjs');
const small = {
  data: { task: 'adding', length: 6 },
  model: { cell: 'rnn', hidden: 4 },
  training: { steps: 3, batch: 2 },
};

describe('The start of the headless runner', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-start-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const path = (...parts: string[]): string => join(folder, ...parts);
  const write = (name: string, content: string | Uint8Array): string => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
    return path(name);
  };
  const experiment = (): string => write('x.rnn.json', JSON.stringify(small));
  const train = (...words: string[]) =>
    spawnSync(process.execPath, [runner, ...words], { encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' });
  const refuses = (words: readonly string[], message: RegExp): void => {
    const { status, stdout, stderr } = train(...words);
    assert.equal(status, 1, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /:1:1: /);
  };

  it('prints the options and the version on stdout', () => {
    const help = train('--help');
    assert.deepEqual([help.status, help.stderr], [0, '']);
    assert.match(help.stdout, /^Usage: npm run train -- FILE \[options\]\n/);
    const documented = readFileSync('docs/headless.md', 'utf8');
    for (const [option] of help.stdout.matchAll(/^ {2}(?:-\w, )?--[a-z]+/gm)) {
      const name = /--[a-z]+/.exec(option)?.[0] ?? '';
      assert.ok(
        documented.includes(`\`${name}`) || documented.includes(`\`-h\`, \`${name}`),
        `${name} is not documented`,
      );
    }
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.deepEqual([train('--version').status, train('--version').stdout], [0, `${version}\n`]);
  });

  it('refuses a wrong option in one line, with the way to the help', () => {
    refuses(
      [experiment(), '--variants', 'x'],
      /^Unknown option --variants; did you mean --variant\?\nnpm run train -- --help lists the options\.\n$/,
    );
    refuses(
      [experiment(), '--variant', 'x'],
      /^This experiment has no variant "x": it has none; leave the variant out\.\n$/,
    );
    const { status, stderr } = train();
    assert.equal(status, 1);
    assert.match(stderr, /^Which experiment\? Name its \*\.rnn\.json file\.\n\nUsage: /);
  });

  describe('with --out', () => {
    it('refuses a folder with other files, and says what is there', () => {
      write('full/notes.txt', 'mine');
      refuses(
        [experiment(), '--out', path('full')],
        /^\S+full isn't empty and holds no run \("notes\.txt" is there\)\. Choose a new or empty folder, such as --out \S+full\/run-1\.\n$/,
      );
      for (const name of ['a', 'b', 'c', 'run-1']) write(`full/${name}`, '');
      refuses([experiment(), '--out', path('full')], /\("a", "b", "c" and 2 others are there\).*full\/run-2\.\n$/);
      assert.deepEqual(readdirSync(path('full')), ['a', 'b', 'c', 'notes.txt', 'run-1']);
    });

    it('refuses the folder that run folders are in, and names them for --resume', () => {
      assert.equal(train(experiment(), '--out', path('runs', 'first')).status, 0);
      refuses(
        [experiment(), '--out', path('runs')],
        /^\S+runs holds runs \("first"\), and --out is the folder of one run\. Choose a new or empty folder, such as/,
      );
      refuses(
        [experiment(), '--out', path('runs'), '--resume'],
        /^There is no run to resume in \S+runs\. .* It holds runs \("first"\): name one of them, such as --out \S+first\.\n$/,
      );
    });

    it('refuses what is left of a run without its run.json', () => {
      assert.equal(train(experiment(), '--out', path('run')).status, 0);
      rmSync(path('run', 'run.json'));
      refuses(
        [experiment(), '--out', path('run')],
        /run has records\.arrows of a run, but not its run\.json: it can't be resumed, and nothing is overwritten/,
      );
    });

    it('takes an empty folder, a new one, and what an interrupted start left', () => {
      mkdirSync(path('empty'));
      write('killed/run.lock', String(spawnSync(process.execPath, ['--version']).pid));
      write('killed/run.json.partial', '{ "ver');
      write('shown/.DS_Store', '');
      for (const name of ['empty', 'killed', 'shown', 'deep/new']) {
        const { status, stderr } = train(experiment(), '--out', path(name));
        assert.equal(status, 0, stderr);
        assert.ok(existsSync(path(name, 'run.json')));
      }
    });
  });
});
