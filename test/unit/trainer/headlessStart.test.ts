import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

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
    assert.match(help.stdout, /^Usage: unroll COMMAND FILE \[options\]\n/);
    const documented = readFileSync('docs/headless.md', 'utf8');
    for (const [, command = ''] of help.stdout.matchAll(/^ {2}([a-z]+) /gm)) {
      assert.ok(documented.includes(`\`unroll ${command} `), `${command} is not documented`);
    }
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

  it('is called in the repository by npm, and relative paths start where npm was called', () => {
    const script = resolve('scripts', 'train.mjs');
    const environment = { ...process.env, INIT_CWD: folder };
    const call = (...words: string[]) =>
      spawnSync(process.execPath, [script, ...words], { encoding: 'utf8', env: environment });
    assert.match(call('--help').stdout, /^Usage: npm run train -- COMMAND FILE/);
    experiment();
    assert.equal(call('x.rnn.json', '--out', 'run').status, 0);
    assert.ok(existsSync(path('run', 'run.json')));
  });

  it('starts relative paths at its own folder, also where npm was called from another one', () => {
    experiment();
    const environment = { ...process.env, INIT_CWD: resolve('.') };
    const words = [runner, 'train', 'x.rnn.json', '--out', 'run'];
    const { status, stderr } = spawnSync(process.execPath, words, {
      ...{ cwd: folder, encoding: 'utf8', env: environment },
    });
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(path('run', 'run.json')));
  });

  it('names the option for the memory limit, and no setting of an editor', () => {
    for (const mebibytes of ['3', '80']) {
      const large = write('x.rnn.json', JSON.stringify({ ...small, model: { cell: 'rnn', hidden: 900 } }));
      refuses([large, '--memory', mebibytes, '--out', path('run')], /aise the limit \(option --memory\)/);
      assert.doesNotMatch(train(large, '--memory', mebibytes).stderr, /setting|unroll\./);
    }
  });

  it('refuses a wrong option in one line, with the way to the help', () => {
    refuses(
      [experiment(), '--variants', 'x'],
      /^Unknown option --variants; did you mean --variant\?\nunroll --help lists the options\.\n$/,
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

    it('refuses a folder in which the system makes none, at once', function () {
      if (!existsSync('/proc')) this.skip();
      refuses([experiment(), '--out', '/proc/x'], /^The run can't be saved in \/proc\/x: .*\n$/);
      refuses([experiment(), '--out', '/proc/x/y/z'], /^The run can't be saved in \/proc\/x\/y\/z: .*\n$/);
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

  describe('with a data file in place of the experiment', () => {
    const rows = Array.from({ length: 100 }, (_, row) => `2020-01-${10 + (row % 20)},${row / 2},${row % 7}`).join('\n');

    it('says that it is a table, and how an experiment names it', () => {
      const example =
        /^weather\.csv is a table, not an experiment\. Write weather\.rnn\.json beside it, which names it: (\{ "data": \{ .* \} \}), and train that file; docs\/your-data\.md has more\.\n$/;
      const table = write('weather.csv', `date,temp,wind\n${rows}\n`);
      refuses([table], example);
      const [, json = ''] = example.exec(train(table).stderr) ?? [];
      assert.deepEqual(JSON.parse(json), {
        data: { csv: 'weather.csv', inputs: ['temp'] },
        model: { cell: 'gru' },
      });
      // The example can be trained.
      const { status, stderr } = train(write('weather.rnn.json', json), '--steps', '2', '--out', path('run'));
      assert.equal(status, 0, stderr);
    });

    it('leaves out a column that only numbers the rows, and names decimal commas', () => {
      const lines = Array.from({ length: 40 }, (_, row) => `${row + 1};${row % 9},5;a`).join('\n');
      refuses(
        [write('counted.csv', `No;value;note\n${lines}\n`)],
        /"csv": "counted\.csv", "decimal": ",", "inputs": \["value"\]/,
      );
    });

    it('tells a table by its content, whatever its name', () => {
      refuses(
        [write('power.txt', `a;b\n${'1;2\n'.repeat(50)}`)],
        /^power\.txt is a table.*"csv": "power\.txt", "inputs": \["a"\]/,
      );
      refuses(
        [write('numbers', '1,2\n'.repeat(50))],
        /^numbers is a table.*"csv": "numbers", "header": false, "inputs": \["1"\]/,
      );
      refuses([write('large.tsv', `a\tb\n${'1\t2\n'.repeat(500_000)}`)], /^large\.tsv is a table/);
      refuses([write('broken.csv', 'a,b\n1\n')], /^broken\.csv is a table/);
    });

    it('names other data as what they are', () => {
      refuses(
        [write('book.txt', 'Call me Ishmael. Some years ago,\nnever mind how long.\n')],
        /^book\.txt is a text, not.*"text": "book\.txt"/,
      );
      refuses(
        [write('a.csv.gz', gzipSync('a,b\n1,2\n'))],
        /^a\.csv\.gz is compressed with gzip, not an experiment\. Decompress it first\./,
      );
      refuses(
        [write('a.xlsx', 'PK\x03\x04')],
        /^a\.xlsx is an Excel workbook, not an experiment\. Export it as CSV in UTF-8\..*data\.csv/,
      );
      refuses([write('a.parquet', 'PAR1')], /^a\.parquet is a Parquet file, not an experiment/);
      refuses([write('a.feather', new Uint8Array(9))], /^a\.feather is a data file by its name/);
    });

    it('takes an experiment under any name, and places its mistakes in it', () => {
      const json = JSON.stringify(small);
      assert.equal(train(write('experiment.txt', `// a note, with commas,\n${json}`), '--out', path('a')).status, 0);
      const utf16 = Buffer.from(`\ufeff${json}`, 'utf16le');
      assert.equal(train(write('wide.rnn.json', utf16), '--out', path('b')).status, 0);
      assert.match(train(write('bad.rnn.json', '{ "data": 1,\n }')).stderr, /bad\.rnn\.json:1:\d+: /);
      assert.match(train(write('bad.json', 'a,b\n1,2\n3,4\n')).stderr, /bad\.json:1:1: /);
    });
  });
});
