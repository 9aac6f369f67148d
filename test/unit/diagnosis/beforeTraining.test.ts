import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from '../../../src/data/source';
import { parseExperiment } from '../../../src/experiment/parse';
import type { PlacedFinding } from '../../../src/protocol/trainer';
import { ExperimentChecker } from '../../../src/trainer/training/experimentCheck';
import { fixed } from '../experiment/fixed';
import { galleryFiles, healthyNets, sickNets } from './galleryNets';
import { samples } from './trainedFindings';

/** What the check of an experiment finds while it is edited. */
function found(text: string): readonly PlacedFinding[] {
  const parsed = parseExperiment(text);
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  const resolved = parsed.file.resolve();
  assert.ok(resolved.kind === 'resolved', JSON.stringify(resolved));
  const files = new Map(
    filesOf(resolved.experiment).map(({ path }) => [path, galleryFiles.get(path) ?? readFileSync(join(samples, path))]),
  );
  const checker = new ExperimentChecker(2, () => 0);
  const { problems, findings } = checker.check({
    ...{ text, files, large: new Map(), unreadable: new Map(), memoryLimit: 1e9, workers: 1, reproducible: true },
  });
  assert.deepEqual(problems, []);
  return findings;
}

const adding = { data: { task: 'adding', length: 30 }, model: { cell: 'rnn', hidden: 16 } };
const cases: readonly (readonly [code: string, key: string, experiment: object])[] = [
  ['truncationBias', 'bptt.backward', { ...adding, bptt: { forward: 10, backward: 5 } }],
  ['forgetBiasZero', 'model.forgetBias', { ...adding, model: { cell: 'lstm', hidden: 8, forgetBias: 0 } }],
  ['saturated', 'model.init.gain', { ...adding, model: { cell: 'rnn', hidden: 16, init: { gain: 20 } } }],
  ['updateRatio', 'optimizer.learningRate', { ...adding, optimizer: { kind: 'adam', learningRate: 2 } }],
  ['updateRatio', 'optimizer.learningRate', { ...adding, optimizer: { kind: 'adam', learningRate: 1e-8 } }],
  [
    'inputScale',
    'data.normalize',
    { data: { csv: 'sunspots.csv', inputs: ['sunspots'], length: 22, normalize: 'none' }, model: { cell: 'rnn' } },
  ],
];

describe('Before any run', () => {
  for (const [code, key, experiment] of cases) {
    const text = JSON.stringify({ clip: { norm: 1 }, ...experiment });
    it(`the check finds ${code} in ${text}, and its fix clears it`, () => {
      const finding = found(text).find((one) => one.code === code);
      assert.equal(finding?.keyPath.join('.'), key);
      const [fix] = finding.fixes ?? [];
      assert.ok(fix !== undefined);
      const after = fixed(text, fix);
      assert.ok(after !== undefined);
      assert.deepEqual(
        found(after).filter((one) => one.code === code),
        [],
      );
    });
  }

  it('a fix of a variant changes the variant only', () => {
    const text = JSON.stringify({
      ...adding,
      clip: { norm: 1 },
      variants: { fast: { optimizer: { learningRate: 3 } } },
    });
    const [finding] = found(text).filter(({ code }) => code === 'updateRatio');
    assert.deepEqual(finding?.fixes?.[0]?.changes[0]?.kind, 'set');
    const after = JSON.parse(fixed(text, finding?.fixes?.[0] ?? { title: '', changes: [] }) ?? '{}') as object;
    assert.deepEqual({ ...after, variants: undefined }, { ...JSON.parse(text), variants: undefined });
  });

  it('healthy nets have nothing above a hint', () => {
    for (const { name, experiment } of healthyNets) {
      const warnings = found(JSON.stringify(experiment)).filter(({ level }) => level !== 'hint');
      assert.deepEqual(
        warnings.map(({ message }) => message),
        [],
        name,
      );
    }
  });

  it('what is found of the sick nets is at the key that their runs name', () => {
    let hits = 0;
    for (const { name, experiment, key } of sickNets) {
      const warnings = found(JSON.stringify(experiment)).filter(({ level }) => level === 'warning');
      for (const { keyPath, message } of warnings) assert.equal(keyPath.join('.'), key, `${name}: ${message}`);
      if (warnings.length > 0) hits++;
    }
    assert.ok(hits >= 8, `${hits} of ${sickNets.length}`);
  });
});

describe('The layers in an estimate', () => {
  it('have the parameters of PyTorch’s modules and the products of their matrices', () => {
    const text = JSON.stringify({
      data: { task: 'adding', length: 10 },
      model: { cell: 'lstm', hidden: 5, layers: 2 },
      optimizer: { kind: 'adam' },
      training: { batch: 3 },
    });
    const { estimates } = new ExperimentChecker(2, () => 0).check({
      ...{
        text,
        files: new Map(),
        large: new Map(),
        unreadable: new Map(),
        memoryLimit: 1e9,
        workers: 1,
        reproducible: true,
      },
    });
    const layers = estimates.get(undefined)?.layers ?? [];
    // nn.LSTM(2, 5): 4·5·(2 + 5 + 2) parameters; (5, 5): 4·5·(5 + 5 + 2); nn.Linear(5, 1): 6.
    assert.deepEqual(
      layers.map(({ name, parameters, multiplyAdds }) => [name, parameters, multiplyAdds]),
      [
        ['lstm layer 0', 180, 30 * 140],
        ['lstm layer 1', 240, 30 * 200],
        ['output', 6, 30 * 5],
      ],
    );
    // Weight, gradient, and two moments of Adam, each of four bytes.
    assert.deepEqual(
      layers.map(({ bytes }) => bytes),
      [180, 240, 6].map((count) => 16 * count),
    );
  });
});
