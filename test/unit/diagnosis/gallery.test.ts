import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { filesOf } from '../../../src/data/source';
import { defaultKernelSet, openKernels } from '../../../src/engine/kernels/open';
import { Diagnosis } from '../../../src/diagnosis/diagnosis';
import { divergenceCause } from '../../../src/diagnosis/divergence';
import type { Finding } from '../../../src/diagnosis/finding';
import { rules } from '../../../src/diagnosis/rules/all';
import { parseExperiment } from '../../../src/experiment/parse';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { prepareTraining } from '../../../src/trainer/training/trainingSetup';
import { Training } from '../../../src/trainer/training/training';

const samples = resolve('media', 'samples');

/** The findings of a run of an experiment, from its first update to its end. */
function findingsOf(text: string, variant?: string): readonly Finding[] {
  const parsed = parseExperiment(text);
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  const resolved = parsed.file.resolve(variant);
  assert.ok(resolved.kind === 'resolved', JSON.stringify(resolved));
  const { experiment } = resolved;
  const files = new Map(filesOf(experiment).map(({ path }) => [path, readFileSync(join(samples, path))]));
  const kernels = openKernels(defaultKernelSet(true));
  const prepared = prepareTraining({ experiment, files, kernels, memoryLimit: 1e9 });
  assert.ok(prepared.kind === 'prepared', JSON.stringify(prepared));
  const training = new Training(prepared.setup, () => performance.now() / 1000);
  const diagnosis = new Diagnosis(experiment, runInfoOf(prepared.setup, variant, undefined, 1));
  while (!training.isFinished) {
    const advance = training.advance();
    if (advance.kind === 'nonFinite') {
      diagnosis.diverge(advance.where.update, 'diverged', divergenceCause(advance.where, experiment.model).keyPath);
      return diagnosis.findings;
    }
    diagnosis.observe(advance.record);
  }
  diagnosis.finish();
  return diagnosis.findings;
}

interface Disease {
  readonly code: string;
  /** The sick experiment; its variant `cured` differs in the key that the finding names. */
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly cure: Readonly<Record<string, unknown>>;
}

const lstmOnAdding = { data: { task: 'adding', length: 20 }, model: { cell: 'lstm', hidden: 8 } };
const short = { steps: 200, batch: 8 };

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
    code: 'gradExplodes',
    experiment: {
      data: { task: 'adding', length: 60 },
      model: { cell: 'rnn', hidden: 16, activation: 'identity', init: { recurrent: 'identity', gain: 1.5 } },
      optimizer: { kind: 'sgd', learningRate: 1e-25 },
      training: short,
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
    experiment: { ...lstmOnAdding, optimizer: { kind: 'sgd', learningRate: 1e-7 }, training: short },
    cure: { optimizer: { kind: 'adam', learningRate: 0.01 } },
  },
  {
    code: 'worseThanBaseline',
    experiment: { ...lstmOnAdding, optimizer: { kind: 'sgd', learningRate: 0.0005 }, training: short },
    cure: { optimizer: { kind: 'adam', learningRate: 0.02 }, training: { steps: 600 } },
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
    experiment: { ...lstmOnAdding, clip: { norm: 1e-4 }, training: short },
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

describe('The gallery of sick networks', function () {
  this.timeout(60_000);

  it('has a network for every rule', () => {
    const codes = [...rules.map(({ code }) => code), 'nonFinite'];
    assert.deepEqual(diseases.map(({ code }) => code).sort(), codes.sort());
  });

  for (const { code, experiment, cure } of diseases) {
    it(`reports ${code}, and does not report it after the fix`, () => {
      const text = JSON.stringify({ ...experiment, variants: { cured: cure } });
      const found = findingsOf(text);
      const finding = found.find((one) => one.code === code);
      assert.ok(finding !== undefined, found.map((one) => `${one.code}: ${one.message}`).join('\n') || 'nothing found');
      const cured = findingsOf(text, 'cured').map((one) => one.code);
      assert.ok(!cured.includes(code), cured.join());
    });
  }
});

describe('The gallery of healthy networks', function () {
  this.timeout(120_000);

  const healthy: readonly (readonly [file: string, variant?: string])[] = [
    ['three-steps'],
    ['three-steps', 'clipped'],
    ['exploding', 'smaller weights'],
    ['exploding', 'clipped by value'],
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
