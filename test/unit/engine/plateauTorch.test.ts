import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { PlateauSchedule } from '../../../src/engine/optimizers/plateau';
import type { PlateauSpec } from '../../../src/engine/spec';

/** A case of test/fixtures/optimizers_reference.py: the rate after each metric. */
interface TorchCase {
  readonly name: string;
  readonly rate: number;
  readonly options: Readonly<Record<string, number | string>>;
  readonly metrics: readonly number[];
  readonly rates: readonly number[];
}

const reference = JSON.parse(readFileSync('test/fixtures/optimizers_reference.json', 'utf8')) as {
  readonly plateau: readonly TorchCase[];
  readonly brokenPlateau: readonly number[];
};

/** PyTorch's defaults. */
const defaults: PlateauSpec = {
  factor: 0.1,
  patience: 10,
  threshold: 1e-4,
  thresholdMode: 'rel',
  cooldown: 0,
  minLearningRate: 0,
};

function ratesOf(spec: PlateauSpec, start: number, metrics: readonly number[]): readonly number[] {
  let schedule = new PlateauSchedule(spec);
  let rate = start;
  return metrics.map((metric) => {
    rate = schedule.observe(metric, rate)?.learningRate ?? rate;
    // A checkpoint between any two metrics changes nothing.
    const resumed = new PlateauSchedule(spec);
    resumed.restore(JSON.parse(JSON.stringify(schedule.state)) as PlateauSchedule['state']);
    schedule = resumed;
    return rate;
  });
}

describe('The plateau schedule against torch.optim.lr_scheduler.ReduceLROnPlateau', () => {
  for (const { name, rate, options, metrics, rates } of reference.plateau) {
    it(`has the same rate after each metric: ${name}`, () => {
      assert.deepEqual(ratesOf({ ...defaults, ...options }, rate, metrics), rates);
    });
  }

  it('has the same rates where a metric is not finite', () => {
    const metrics = [1, 0.9, NaN, Infinity, 0.8, ...Array.from({ length: 20 }, () => NaN)];
    assert.deepEqual(ratesOf({ ...defaults, factor: 0.5, patience: 3 }, 0.1, metrics), reference.brokenPlateau);
  });

  it('reduces the rate in the reference more than once, and not in every case', () => {
    const changes = reference.plateau.map(({ rate, rates }) => new Set([rate, ...rates]).size - 1);
    assert.ok(changes.includes(0) && changes.some((count) => count > 2), changes.join(', '));
  });
});
