import assert from 'node:assert/strict';
import { RunMeasurement } from '../../../src/run/measuredRun';
import { RecordPacker, type UpdateRecord } from '../../../src/run/records/recordBatch';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import type { Capture } from '../../../src/engine/instruments/capture';
import { exampleTraining } from '../trainer/exampleTraining';

/** A run with the tensors of every update. */
function trained(keys: Readonly<Record<string, unknown>>) {
  const training = exampleTraining(keys);
  const { layout } = runInfoOf(training.setup, undefined, undefined, 1);
  const [captures, records] = [new Array<Capture>(), new Array<UpdateRecord>()];
  while (!training.isFinished) {
    const advance = training.advance(() => true);
    assert.ok(advance.kind !== 'nonFinite' && advance.capture !== undefined);
    captures.push(advance.capture);
    records.push(advance.record);
  }
  const measurement = new RunMeasurement();
  // In batches of three, as a run writes them once a second.
  for (let from = 0; from < records.length; from += 3) {
    const packer = new RecordPacker(layout);
    for (const record of records.slice(from, from + 3)) packer.add(record);
    const batch = packer.take();
    if (batch !== undefined) measurement.add(batch);
  }
  return { measured: measurement.measured, captures };
}

const norm = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

function tensors({ tensors: all }: Capture, prefix: string, only = ''): readonly number[] {
  const names = [...all.keys()].filter((name) => /^(rnn|head)\./.test(name) && name.includes(only));
  return names.flatMap((name) => [...(all.get(`${prefix}${name}`)?.data ?? [])]);
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
}

describe('The values measured in a run', () => {
  it('are those of the gradients and weights of its updates', () => {
    const { measured, captures } = trained({ clip: { norm: 1.72 }, optimizer: { kind: 'sgd', learningRate: 0.05 } });
    const norms = captures.map((capture) => norm(tensors(capture, 'grad/')));
    assert.equal(measured.updates, 12);
    const clipped = norms.filter((one) => one > 1.72).length;
    assert.ok(clipped > 0 && clipped < 12, String(norms));
    assert.equal(measured.clipped, clipped);
    assert.ok(Math.abs(measured.medianGradNorm - middle(norms)) < 1e-6 * middle(norms));
    const ratios = captures.map((capture) => {
      const [before, after] = [tensors(capture, '', 'weight'), tensors(capture, 'next/', 'weight')];
      return norm(after.map((value, i) => value - (before[i] ?? NaN))) / norm(before);
    });
    assert.ok(Math.abs(measured.medianUpdateRatio - middle(ratios)) < 1e-4 * middle(ratios), String(ratios));
  });

  it('say how far back the gradient of the last loss reaches, from ∂L/∂h of the last update', () => {
    const { measured, captures } = trained({
      data: { task: 'adding', length: 30 },
      model: { cell: 'rnn', hidden: 4 },
    });
    const last = captures.at(-1);
    const [dh, shape] = [last?.tensors.get('dh_l0')?.data ?? [], last?.tensors.get('dh_l0')?.shape ?? []];
    const [steps = 0, batch = 0, hidden = 0] = shape;
    assert.equal(steps, 30);
    const norms = Array.from({ length: steps }, (_, t) =>
      norm([...dh].slice(t * batch * hidden, (t + 1) * batch * hidden)),
    );
    const shares = norms.map((one) => one / (norms[29] ?? NaN)).toReversed();
    const { decay } = measured;
    assert.ok(decay !== undefined);
    assert.deepEqual([decay.update, decay.steps], [11, 29]);
    assert.equal(
      decay.horizon,
      shares.findLastIndex((share) => share >= 1e-3),
    );
    assert.ok(decay.horizon > 0 && decay.horizon < 29, String(shares));
    assert.ok(Math.abs(decay.perStep - (shares[29] ?? NaN) ** (1 / 29)) < 1e-6);
  });

  it('have no decay where the first step has a loss', () => {
    const { measured } = trained({ data: { task: 'sine', length: 8 } });
    assert.equal(measured.decay, undefined);
  });
});
