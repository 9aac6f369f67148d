import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readManifest } from '../../../src/run/manifest';

const runner = resolve('dist', 'cli.mjs');
const small = {
  data: { task: 'parity', length: 4 },
  model: { cell: 'rnn', hidden: 4 },
  clip: { norm: 1e9 },
  training: { steps: 12, batch: 2, validateEvery: 6, checkpointEvery: 5 },
};
const exploding = {
  data: { sequences: [{ inputs: [[1], [1], [1], [1]], targets: [[1], [1], [1], [1e30]] }] },
  model: { cell: 'rnn', hidden: 4, activation: 'identity' },
  optimizer: { kind: 'sgd', learningRate: 1e30 },
  training: { steps: 100 },
};

/** The attributes of each element of a report, in their order. */
function elementsOf(xml: string, name: string): readonly Readonly<Record<string, string>>[] {
  return [...xml.matchAll(new RegExp(`<${name}\\b([^>]*)>`, 'g'))].map(([, attributes = '']) =>
    Object.fromEntries([...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])),
  );
}

describe('The headless runner and what an experiment expects', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-expect-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const path = (...parts: string[]): string => join(folder, ...parts);
  const experiment = (keys: Readonly<Record<string, unknown>>, base: object = small): string => {
    writeFileSync(path('x.rnn.json'), JSON.stringify({ ...base, ...keys }, undefined, 2));
    return path('x.rnn.json');
  };
  const train = (...words: string[]) => {
    const limits = { timeout: 60_000, killSignal: 'SIGKILL' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [runner, ...words], { encoding: 'utf8', ...limits });
    return { status, stdout, stderr, lines: stderr.trimEnd().split('\n') };
  };

  it('exits with 0 if all holds, and says each judgement with its number', () => {
    const expect = {
      validationLoss: { above: 0 },
      accuracy: { atLeast: 0, atMost: 1 },
      clipped: { atMost: 0 },
      diverges: false,
    };
    const { status, lines } = train(experiment({ expect }), '--out', path('run'));
    assert.equal(status, 0, lines.join('\n'));
    assert.match(
      lines.at(-4) ?? '',
      /^Met: validationLoss above 0\. The validation loss after 12 updates is [\d.]+, above 0 as expected\.$/,
    );
    assert.match(
      lines.at(-3) ?? '',
      /^Met: accuracy at least 0 and at most 1\. The accuracy on held-out data after 12 updates is [\d.]+,/,
    );
    assert.equal(
      lines.at(-2),
      'Met: clipped at most 0. The share of updates whose gradient was clipped, 0 of 12, is 0, at most 0 as expected.',
    );
    assert.equal(lines.at(-1), 'Met: diverges false. All values of the 12 updates were finite, as expected.');
  });

  it('exits with 4 if something does not hold, at its place in the file', () => {
    const file = experiment({ expect: { loss: { below: 1e-9 }, diverges: false } });
    const { status, lines } = train(file, '--out', path('run'));
    assert.equal(status, 4, lines.join('\n'));
    const written = readFileSync(file, 'utf8').split('\n');
    const line = written.findIndex((text) => text.includes('"loss"')) + 1;
    const found = lines.find((text) => text.includes('Not met'));
    assert.match(
      found ?? '',
      new RegExp(
        `^${file.replaceAll('.', '\\.')}:${line}:\\d+: Not met: loss below 1e-9\\. The training loss of update 11 is [\\d.]+; it should be below 1e-9\\.$`,
      ),
    );
    // The run itself is as without expectations.
    assert.equal(readManifest(readFileSync(path('run', 'run.json')))?.state, 'finished');
  });

  it('judges a resumed run by all of its records, and one that had finished before', () => {
    const file = experiment({ clip: { norm: 1e-9 }, expect: { clipped: { atLeast: 1 } } });
    assert.equal(train(file, '--out', path('run'), '--steps', '7').status, 0);
    const resumed = train(file, '--out', path('run'), '--resume');
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.match(resumed.stderr, /12 of 12, is 1\.00, at least 1 as expected/);
    experiment({ clip: { norm: 1e-9 }, expect: { clipped: { atMost: 0.5 } } });
    const again = train(file, '--out', path('run'), '--resume');
    assert.equal(again.status, 4, again.stderr);
    assert.match(again.stderr, /Already finished[^]*Not met: clipped at most 0\.5\. .*12 of 12, is 1\.00;/);
  });

  it('exits with 2 for a run that diverges, and with 0 if it should', () => {
    const diverging = train(
      experiment({ expect: { findings: { absent: ['nonFinite'] } } }, exploding),
      '--out',
      path('a'),
    );
    assert.equal(diverging.status, 2, diverging.stderr);
    assert.match(diverging.stderr, /Not met: findings absent nonFinite\./);
    const expected = train(
      experiment({ expect: { diverges: true, findings: { present: ['nonFinite'] } } }, exploding),
      ...['--out', path('b')],
    );
    assert.equal(expected.status, 0, expected.stderr);
    assert.match(expected.stderr, /Met: diverges true\. The run diverged after \d+ updates?, as expected\./);
  });

  it('refuses before it trains what these data can not tell, at its key', () => {
    writeFileSync(
      path('a.csv'),
      `n,m\n${Array.from({ length: 80 }, (_, row) => `${row % 7},${row % 5}`).join('\n')}\n`,
    );
    const data = { csv: 'a.csv', inputs: ['n'], targets: ['m'], horizon: 0, length: 5 };
    const { status, lines } = train(
      experiment({ data, expect: { betterThan: 'persistence', accuracy: { atLeast: 1 } } }),
      '--out',
      path('run'),
    );
    assert.equal(status, 1, lines.join('\n'));
    assert.equal(lines.length, 2);
    assert.match(
      lines[0] ?? '',
      /x\.rnn\.json:\d+:\d+: The expectation "accuracy" can't be judged: the targets are numbers/,
    );
    assert.match(
      lines[1] ?? '',
      /The expectation "betterThan" can't be judged: these data have no baseline "persistence"\./,
    );
    assert.ok(!existsSync(path('run')));
  });

  it('judges each seed, and ends as the worst', () => {
    const { status, stderr } = train(
      experiment({ seeds: [1, 2], expect: { loss: { below: 1e-9 } } }),
      '--out',
      path('runs'),
    );
    assert.equal(status, 4, stderr);
    assert.equal(stderr.match(/Not met: loss below 1e-9/g)?.length, 2);
    assert.match(stderr, /^2 seeds: 2 finished without what is expected \(seeds 1, 2\)\.$/m);
  });

  it('ends --json with a line about findings and expectations', () => {
    const { stdout } = train(experiment({ expect: { loss: { below: 1e-9 } } }), '--out', path('run'), '--json');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(lines.length, 13);
    const last = lines.at(-1);
    assert.deepEqual(Object.keys(last ?? {}), ['finished', 'findings', 'expectations']);
    assert.equal(last?.['finished'], true);
    const [expectation] = last['expectations'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      [expectation?.['key'], expectation?.['verdict'], expectation?.['expected']],
      ['loss', 'unmet', 'below 1e-9'],
    );
    // Without expectations there are the updates only, as before.
    assert.equal(train(experiment({}), '--out', path('other'), '--json').stdout.trimEnd().split('\n').length, 12);
  });

  it('checks the gradients of an experiment without training it', () => {
    const { status, lines } = train(experiment({ bptt: { forward: 2, backward: 3 } }), '--check-gradients');
    assert.equal(status, 0, lines.join('\n'));
    assert.match(
      lines[0] ?? '',
      /^x\.rnn\.json: gradient checks over 3 steps of 2 sequences with \d+ targets?, the carried state held constant\.$/,
    );
    assert.equal(lines.filter((line) => line.startsWith('Right: The gradient of ')).length, 6);
    assert.deepEqual(readdirSync(folder), ['x.rnn.json']);
  });

  it('tests the experiment and each variant, and writes a report', () => {
    const file = experiment({
      expect: { validationLoss: { above: 0 } },
      variants: {
        'a <b> & "c"': { expect: { validationLoss: { above: null, below: 1e-9 } } },
        bare: { expect: null },
        two: { seeds: [1, 2] },
      },
    });
    const { status, stderr } = train(file, '--test', '--junit', path('report.xml'), '--out', path('runs'));
    assert.equal(status, 4, stderr);
    assert.match(stderr, /x\.rnn\.json \(bare\): no expectations, so it is not trained\./);
    const xml = readFileSync(path('report.xml'), 'utf8');
    const [all] = elementsOf(xml, 'testsuites');
    assert.deepEqual(
      [all?.['tests'], all?.['failures'], all?.['errors'], all?.['skipped']],
      [String(4 * 6 + 4), '1', '0', '0'],
    );
    assert.deepEqual(
      elementsOf(xml, 'testsuite').map(({ name, tests }) => [name, tests]),
      [
        ['x.rnn.json: gradient checks', '6'],
        ['x.rnn.json: expectations', '1'],
        ['x.rnn.json (a &lt;b&gt; &amp; &quot;c&quot;): gradient checks', '6'],
        ['x.rnn.json (a &lt;b&gt; &amp; &quot;c&quot;): expectations', '1'],
        ['x.rnn.json (bare): gradient checks', '6'],
        ['x.rnn.json (two): gradient checks', '6'],
        ['x.rnn.json (two, seed 1): expectations', '1'],
        ['x.rnn.json (two, seed 2): expectations', '1'],
      ],
    );
    const line = readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('"below"'));
    const failed = /<testcase ([^>]*)>\s*<failure message="([^"]*)"/.exec(xml);
    // The value of the key begins in the line before its limit.
    assert.ok(failed?.[1]?.includes(`line="${line - 1}"`), failed?.[1]);
    assert.match(failed?.[2] ?? '', /^The validation loss after 12 updates is [\d.]+; it should be below 1e-9\.$/);
    assert.equal(readdirSync(path('runs')).length, 3);
    // An earlier report is replaced, any other file is not.
    assert.equal(train(file, '--check-gradients', '--junit', path('report.xml')).status, 0);
    assert.equal(elementsOf(readFileSync(path('report.xml'), 'utf8'), 'testsuite').length, 1);
    const refused = train(file, '--check-gradients', '--junit', file);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /^--junit \S+ can't be written: it exists, and is no earlier report\./);
    assert.match(readFileSync(file, 'utf8'), /"parity"/);
  });

  it('reports what was refused as an error', () => {
    const file = experiment({ data: { text: 'none.txt' }, expect: { loss: { above: 0 } } });
    const { status } = train(file, '--junit', path('report.xml'), '--out', path('run'));
    assert.equal(status, 1);
    const xml = readFileSync(path('report.xml'), 'utf8');
    assert.deepEqual(elementsOf(xml, 'testsuites')[0]?.['errors'], '1');
    assert.match(elementsOf(xml, 'error')[0]?.['message'] ?? '', /none\.txt/);
  });

  it('refuses a report without anything to report', () => {
    const { status, stderr } = train(experiment({}), '--junit', path('report.xml'), '--out', path('run'));
    assert.equal(status, 1);
    assert.match(stderr, /^--junit reports the expectations of a run, and this experiment has none\./);
  });
});
