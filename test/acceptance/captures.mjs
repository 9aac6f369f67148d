// Trains small experiments of every cell, loss, clipping, optimizer and truncation headless, captures their first three
// updates, and has PyTorch recompute each of them: `npm run check:torch [-- --kernels NAME]`. Needs a python3 with torch
// and numpy. Without a name it checks both fast kernel sets.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** @type {[string, object][]} */
const cells = [
  ...['tanh', 'relu', 'sigmoid', 'identity'].map(
    (activation) => /** @type {[string, object]} */ ([`rnn-${activation}`, { cell: 'rnn', activation }]),
  ),
  ['lstm', { cell: 'lstm' }],
  ['gru', { cell: 'gru' }],
  ['mgu', { cell: 'mgu' }],
];
const losses = {
  mse: { data: { task: 'adding', length: 8 } },
  mseEverywhere: { data: { task: 'sine', length: 8 } },
  sigmoid: { data: { task: 'delay', length: 8, lag: 2 }, output: 'sigmoid' },
  crossEntropy: { data: { task: 'copy', symbols: 3, recall: 2, delay: 4 } },
  masked: { data: { task: 'reber' } },
};
const clips = { none: null, norm: { norm: 0.05 }, value: { value: 0.01 }, hidden: { hidden: 0.005 } };
const optimizers = {
  sgd: { kind: 'sgd', learningRate: 0.1 },
  momentum: { kind: 'sgd', momentum: 0.9, learningRate: 0.1 },
  nesterov: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01, learningRate: 0.1 },
  adagrad: { kind: 'adagrad', learningRate: 0.1, schedule: { exponential: 0.9 } },
  rmsprop: { kind: 'rmsprop', momentum: 0.5, schedule: { warmup: 5 } },
  adam: { kind: 'adam', weightDecay: 0.01, schedule: { cosine: 10 } },
  adamw: { kind: 'adamw', weightDecay: 0.1, schedule: { cosine: 10 } },
};
const truncations = { full: 'full', shorter: { forward: 6, backward: 3 }, equal: { forward: 4, backward: 4 } };

/**
 * Each choice beside varying others; every pair at least once would be more than this needs.
 *
 * @typedef {{ data: { task: string } & Record<string, unknown>, cell: object, reduction?: string, output?: string, clip?: object | null, layers?: number,
 *   bptt?: string | object, optimizer?: object }} Choices
 * @returns {Generator<[string, Choices]>}
 */
function* experiments() {
  for (const [cellName, cell] of cells) {
    for (const [lossName, loss] of Object.entries(losses)) {
      for (const reduction of ['mean', 'sum']) {
        yield [`${cellName} ${lossName} ${reduction}`, { ...loss, cell, reduction }];
      }
    }
    for (const [clipName, clip] of Object.entries(clips))
      yield [`${cellName} clip ${clipName}`, { ...losses.crossEntropy, cell, clip, layers: 2 }];
    for (const [name, bptt] of Object.entries(truncations)) {
      yield [`${cellName} bptt ${name}`, { data: { task: 'echo', length: 12 }, cell, bptt, clip: clips.norm }];
      yield [
        `${cellName} bptt ${name} sum, two layers`,
        { data: { task: 'delay', length: 12, lag: 2 }, cell, bptt, layers: 2, reduction: 'sum' },
      ];
    }
    // With a rate that moves nothing the stored steps are those of the present weights, and the gradient is exact.
    yield [
      `${cellName} bptt longer`,
      {
        data: { task: 'echo', length: 12 },
        cell,
        bptt: { forward: 3, backward: 8 },
        optimizer: { kind: 'sgd', learningRate: 1e-300 },
      },
    ];
  }
  for (const [name, optimizer] of Object.entries(optimizers)) {
    for (const [clipName, clip] of Object.entries(clips)) {
      yield [`optimizer ${name}, clip ${clipName}`, { ...losses.crossEntropy, cell: { cell: 'gru' }, optimizer, clip }];
    }
  }
}

/** @param {Choices} choices */
function fileOf({ data, cell, reduction = 'mean', output, clip = null, layers = 1, bptt = 'full', optimizer = {} }) {
  const kind = ['copy', 'reber', 'echo'].includes(data.task) ? 'crossEntropy' : 'mse';
  return {
    data,
    model: { ...cell, hidden: 5, layers },
    loss: { kind, reduction, ...(output === undefined ? {} : { output }) },
    clip,
    bptt,
    optimizer,
    training: { steps: 3, batch: 3 },
  };
}

const scratch = mkdtempSync(join(tmpdir(), 'unroll-captures-'));
const asked = process.argv.indexOf('--kernels');
const kernelSets = asked < 0 ? ['simd', 'simd-fma'] : [String(process.argv[asked + 1])];
try {
  const folders = [];
  for (const [name, experiment] of experiments()) {
    const file = join(scratch, `${name.replace(/\W+/g, '-')}.rnn.json`);
    writeFileSync(file, JSON.stringify(fileOf(experiment)));
    for (const kernels of kernelSets) {
      const folder = file.replace('.rnn.json', `-${kernels}`);
      const words = [file, '--out', folder, '--capture', '0,1,2', '--kernels', kernels];
      const { status, stderr } = spawnSync(process.execPath, [resolve('dist/cli.mjs'), ...words]);
      if (status !== 0) throw new Error(`${name} did not train with ${kernels} (exit code ${status}): ${stderr}`);
      if (!existsSync(join(folder, 'step-2.safetensors'))) throw new Error(`${name} left no step-2.safetensors`);
      folders.push(folder);
    }
  }
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  const checked = spawnSync(python, [resolve('test/acceptance/recompute.py'), ...folders], { stdio: 'inherit' });
  process.exitCode = checked.status ?? 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
