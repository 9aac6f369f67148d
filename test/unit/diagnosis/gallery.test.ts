import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../../src/diagnosis/finding';
import { rules } from '../../../src/diagnosis/rules/all';
import { causes } from '../../../src/diagnosis/rules/causes';
import { galleryFiles, healthyNets, sickNets } from './galleryNets';
import { findingsOf, samples } from './trainedFindings';
import { withRemedy } from './withRemedy';

interface Disease {
  readonly code: string;
  /** The sick experiment; its variant `cured` differs in the key that the finding names. */
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly cure: Readonly<Record<string, unknown>>;
}

/** Folder of the sick networks that come with the extension. */
const sickSamples = join('media', 'sick');

const lstmOnAdding = { data: { task: 'adding', length: 20 }, model: { cell: 'lstm', hidden: 8 } };
const short = { steps: 200, batch: 8 };
const spots = { csv: 'sunspots.csv', inputs: ['sunspots'], length: 22 };

const diseases: readonly Disease[] = [
  {
    code: 'nonFinite',
    experiment: {
      data: { task: 'adding', length: 20 },
      model: { cell: 'rnn', activation: 'relu', hidden: 8 },
      optimizer: { kind: 'sgd', learningRate: 5 },
      training: short,
    },
    cure: { optimizer: { learningRate: 0.001 } },
  },
  {
    code: 'lossExploded',
    experiment: {
      data: { task: 'adding', length: 30 },
      model: { cell: 'rnn', hidden: 32, activation: 'identity' },
      clip: { norm: 1 },
      optimizer: { learningRate: 0.03 },
      training: { steps: 300, batch: 8 },
    },
    cure: { optimizer: { learningRate: 0.003 } },
  },
  {
    // The rate grows from update to update, beyond what the net stands.
    code: 'fellBack',
    experiment: {
      data: { task: 'sine', length: 30 },
      model: { cell: 'rnn', hidden: 24 },
      clip: { norm: 1 },
      optimizer: { kind: 'sgd', learningRate: 5, schedule: { warmup: 400 } },
      training: { steps: 400, batch: 16 },
    },
    cure: { optimizer: { learningRate: 0.1 } },
  },
  {
    code: 'gradExplodes',
    experiment: {
      data: { task: 'sine', length: 60, period: 20, noise: 0.1 },
      model: { cell: 'rnn', hidden: 16, activation: 'identity', init: { recurrent: 'identity', gain: 1.15 } },
      optimizer: { kind: 'rmsprop', learningRate: 0.003 },
      training: { steps: 300, batch: 8 },
    },
    cure: { clip: { norm: 1 } },
  },
  {
    code: 'vanishOverTime',
    experiment: {
      data: { task: 'adding', length: 60 },
      model: { cell: 'rnn', hidden: 16 },
      clip: { norm: 1 },
      training: { steps: 200, batch: 8 },
    },
    cure: { model: { cell: 'lstm', init: null, forgetBias: 5 } },
  },
  {
    code: 'truncationBias',
    experiment: {
      data: { task: 'echo', length: 40, lags: [3, 8] },
      model: { cell: 'rnn', hidden: 8 },
      bptt: { forward: 20, backward: 2 },
      training: short,
    },
    cure: { bptt: { forward: 20, backward: 10 } },
  },
  {
    code: 'notLearning',
    experiment: {
      data: { task: 'parity', length: 12 },
      model: { cell: 'gru', hidden: 24 },
      clip: { norm: 1 },
      optimizer: { learningRate: 0.003 },
      training: { steps: 300, batch: 32 },
    },
    cure: { data: { length: 2 }, optimizer: { learningRate: 0.01 }, training: { steps: 600 } },
  },
  {
    code: 'inputScale',
    experiment: { data: { ...spots, normalize: 'none' }, model: { cell: 'rnn' }, training: short },
    cure: { data: { normalize: 'standard' } },
  },
  {
    code: 'scheduleEnds',
    experiment: {
      data: spots,
      model: { cell: 'gru', hidden: 16 },
      optimizer: { kind: 'sgd', learningRate: 0.05, schedule: { exponential: 0.5 } },
      training: short,
    },
    cure: { optimizer: { kind: 'adam', learningRate: 0.005, schedule: 'constant' } },
  },
  {
    code: 'stoppedEarly',
    experiment: {
      data: { task: 'delay', lag: 4, length: 30 },
      model: { cell: 'rnn', hidden: 24 },
      clip: { norm: 1 },
      optimizer: { learningRate: 0.005, schedule: { cosine: 30 } },
      training: { steps: 400, batch: 16 },
    },
    cure: { optimizer: { schedule: 'constant' } },
  },
  {
    code: 'weightDecay',
    experiment: {
      data: spots,
      model: { cell: 'lstm', hidden: 16 },
      optimizer: { kind: 'sgd', learningRate: 0.1, weightDecay: 1 },
      training: short,
    },
    cure: { optimizer: { weightDecay: 0 } },
  },
  {
    code: 'fewUnits',
    experiment: {
      data: { task: 'echo', length: 40, lags: [3, 8] },
      model: { cell: 'rnn', hidden: 1 },
      optimizer: { learningRate: 0.005 },
      training: { steps: 400, batch: 16 },
    },
    cure: { model: { hidden: 24 }, optimizer: { learningRate: 0.01 } },
  },
  {
    code: 'worseThanPersistence',
    experiment: {
      data: spots,
      model: { cell: 'gru', hidden: 16 },
      optimizer: { learningRate: 0.0005 },
      training: { ...short, validateEvery: 50 },
    },
    cure: { optimizer: { learningRate: 0.005 } },
  },
  {
    code: 'worseThanBaseline',
    experiment: {
      data: { text: 'sonnets.txt', length: 32 },
      model: { cell: 'rnn', hidden: 24 },
      optimizer: { kind: 'sgd', learningRate: 0.03 },
      training: { steps: 300, batch: 16 },
    },
    cure: { optimizer: { kind: 'adam', learningRate: 0.005 } },
  },
  {
    code: 'saturated',
    experiment: { ...lstmOnAdding, model: { cell: 'rnn', hidden: 16, init: { gain: 20 } }, training: short },
    cure: { model: { init: { gain: 1 } } },
  },
  {
    code: 'unchanged',
    experiment: {
      data: { task: 'adding', length: 10 },
      model: { cell: 'rnn', hidden: 8, activation: 'relu' },
      clip: { norm: 100 },
      optimizer: { kind: 'sgd', learningRate: 3 },
      training: short,
    },
    cure: { optimizer: { learningRate: 0.001 } },
  },
  {
    code: 'updateRatio',
    experiment: { ...lstmOnAdding, optimizer: { kind: 'adam', learningRate: 3e-7 }, training: short },
    cure: { optimizer: { learningRate: 0.001 } },
  },
  {
    code: 'clipAlways',
    experiment: {
      ...lstmOnAdding,
      optimizer: { kind: 'sgd', learningRate: 0.1 },
      clip: { norm: 1e-4 },
      training: short,
    },
    cure: { clip: { norm: 1 } },
  },
  {
    code: 'clipNever',
    experiment: { ...lstmOnAdding, clip: { norm: 1000 }, training: short },
    cure: { clip: { norm: 1 } },
  },
  {
    code: 'gateStuck',
    experiment: { ...lstmOnAdding, model: { cell: 'lstm', hidden: 8, forgetBias: 6 }, training: short },
    cure: { model: { forgetBias: 1 } },
  },
  {
    code: 'forgetBiasZero',
    experiment: { ...lstmOnAdding, model: { cell: 'lstm', hidden: 8, forgetBias: 0 }, training: short },
    cure: { model: { forgetBias: 1 } },
  },
  {
    code: 'initLoss',
    experiment: {
      data: { task: 'echo', length: 20, lags: [3, 8] },
      model: { cell: 'rnn', hidden: 64 },
      optimizer: { kind: 'sgd', learningRate: 30 },
      training: { steps: 100, batch: 8 },
    },
    cure: { optimizer: { learningRate: 0.1 } },
  },
  {
    code: 'overfit',
    experiment: {
      data: {
        csv: 'sunspots.csv',
        inputs: ['sunspots'],
        targets: ['sunspots'],
        horizon: 5,
        length: 44,
        validation: 0.2,
      },
      model: { cell: 'gru', hidden: 16 },
      clip: { norm: 1 },
      optimizer: { learningRate: 0.005 },
      training: { steps: 300, batch: 16, validateEvery: 20 },
    },
    cure: { training: { steps: 60 } },
  },
];

/** Rules whose findings have no remedy: what they found has no single key, or not one that is known to help. */
const withoutRemedy: ReadonlySet<string> = new Set(['notLearning', 'overfit', 'initLoss']);

describe('The gallery of sick networks', function () {
  this.timeout(60_000);

  it('has a network for every rule', () => {
    const codes = new Set([...rules, ...causes].map(({ code }) => code));
    assert.deepEqual(diseases.map(({ code }) => code).sort(), [...codes, 'nonFinite'].sort());
  });

  for (const { code, experiment, cure } of diseases) {
    it(`reports ${code}, and does not report it after the fix`, () => {
      const text = JSON.stringify({ ...experiment, variants: { cured: cure } });
      const seen = new Set<Finding>();
      const found = [...findingsOf(text, undefined, galleryFiles, seen), ...seen];
      const finding = found.find((one) => one.code === code);
      assert.ok(finding !== undefined, found.map((one) => `${one.code}: ${one.message}`).join('\n') || 'nothing found');
      const cured = findingsOf(text, 'cured', galleryFiles).map((one) => one.code);
      assert.ok(!cured.includes(code), cured.join());
    });
  }
});

describe('The sick networks that come with the extension', () => {
  it('are those of the gallery, each with a name and what to do with it', () => {
    const names = readdirSync(sickSamples).sort();
    assert.deepEqual(names, diseases.map(({ code }) => `${code}.rnn.json`).sort());
    for (const { code, experiment } of diseases) {
      const text = readFileSync(join(sickSamples, `${code}.rnn.json`), 'utf8');
      const { name, notes, ...rest } = JSON.parse(text) as Readonly<Record<string, unknown>>;
      assert.deepEqual(rest, experiment, code);
      assert.equal(typeof name, 'string');
      const advice = withoutRemedy.has(code)
        ? `read the finding ${code}. It has no quick fix`
        : `read the finding ${code}, apply its fix`;
      assert.ok(String(notes).includes(advice), String(notes));
    }
  });
});

/** Updates at the end of a run whose mean loss is compared. */
const lossWindow = 20;

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('The remedy of a finding', function () {
  this.timeout(60_000);

  for (const { code, experiment } of diseases) {
    const isKnown = !withoutRemedy.has(code);
    it(
      isKnown
        ? `clears ${code} when its fix is applied to the file, and leaves no higher loss`
        : `is not known for ${code}`,
      () => {
        const text = JSON.stringify(experiment);
        const seen = new Set<Finding>();
        const [sick, cured]: [number[], number[]] = [[], []];
        const found = [...findingsOf(text, undefined, galleryFiles, seen, sick), ...seen].find(
          (one) => one.code === code,
        );
        if (!isKnown) {
          assert.equal(found?.remedies, undefined);
          return;
        }
        let fixed = text;
        // What is far off may need the fix more than once: each finding has its own remedy.
        for (let times = 0, next = found; next?.remedies !== undefined && times < 3; times++) {
          const [remedy = []] = next.remedies;
          fixed = withRemedy(fixed, remedy, undefined);
          next = findingsOf(fixed, undefined, galleryFiles).find((one) => one.code === code);
        }
        assert.notEqual(fixed, text);
        const left = findingsOf(fixed, undefined, galleryFiles, undefined, cured).map(
          (one) => `${one.code}: ${one.message}`,
        );
        assert.ok(!left.some((one) => one.startsWith(`${code}:`)), `${fixed}\n${left.join('\n')}`);
        const [before, after] = [sick, cured].map((losses) => meanOf(losses.slice(-lossWindow)));
        assert.ok(after <= before * 1.01, `the mean loss rises from ${before} to ${after}`);
      },
    );
  }
});

describe('The gallery of healthy networks', function () {
  this.timeout(120_000);

  const healthy: readonly (readonly [file: string, variant?: string])[] = [
    ['three-steps'],
    ['three-steps', 'clipped'],
    ['exploding', 'smaller weights'],
    ['exploding', 'clipped by norm'],
    ['exploding', 'clipped by value'],
    ['exploding', 'clipped at every step'],
    ['long-lag'],
    ['long-lag', 'GRU'],
    ['minimal-gate'],
    ['sunspots'],
    ['sunspots', 'plain RNN'],
    ['truncated'],
    ['truncated', '100 back'],
  ];
  for (const [file, variant] of healthy) {
    it(`has no findings: ${file}${variant === undefined ? '' : `, ${variant}`}`, () => {
      const found = findingsOf(readFileSync(join(samples, `${file}.rnn.json`), 'utf8'), variant);
      assert.deepEqual(
        found.filter(({ level }) => level !== 'hint').map(({ message }) => message),
        [],
      );
    });
  }
});

describe('The gallery of nets on tasks, tables, texts and classes', function () {
  this.timeout(120_000);

  for (const { name, experiment, key } of [...sickNets, ...healthyNets]) {
    it(key === undefined ? `is silent about a healthy net: ${name}` : `names ${key} first: ${name}`, () => {
      const found = findingsOf(JSON.stringify(experiment), undefined, galleryFiles).filter(
        ({ level }) => level !== 'hint',
      );
      const listed = found
        .map(({ code, keyPath, message }) => `${code} at ${keyPath.join('.')}: ${message}`)
        .join('\n');
      assert.equal(found[0]?.keyPath.join('.'), key, listed);
    });
  }
});
