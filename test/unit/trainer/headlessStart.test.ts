import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
});
