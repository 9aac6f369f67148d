import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GradientFlowComputer } from '../../../src/trainer/replay/gradientFlow';
import { exampleTraining } from '../trainer/exampleTraining';

const folder = resolve('test', 'fixtures', 'cases', '16-verdicts-and-sentences');

/** The gradient flow of the first update of the reported net of two layers, whose W_hh are orthogonal times 0.9. */
async function flowOf(layer: number) {
  const written = JSON.parse(readFileSync(join(folder, 'bound2b.rnn.json'), 'utf8')) as Record<string, unknown>;
  const training = exampleTraining({ ...written, clip: null });
  const advance = training.advance(() => true);
  assert.ok(advance.kind === 'updated' && advance.captured !== undefined);
  const request = { update: 0, sequence: 0, layer };
  return new GradientFlowComputer(training.setup).of(advance.captured.capture, request, () => Promise.resolve());
}

describe('The bound σ_max·γ of a reported net', () => {
  it('is given for the top layer, where the measured gain keeps to it', async () => {
    const { bound, h } = await flowOf(1);
    assert.ok(Math.abs((bound ?? NaN) - 0.9) < 0.01, String(bound));
    for (const gain of h.gain) if (!Number.isNaN(gain)) assert.ok(gain <= (bound ?? NaN) + 1e-3, String(gain));
  });

  it('is not given below it, where the gain exceeds σ_max·γ: gradient comes from the layer above, too', async () => {
    const { bound, h, recurrent } = await flowOf(0);
    assert.equal(bound, null);
    assert.ok(Math.abs((recurrent[0]?.largestSingularValue ?? NaN) - 0.9) < 0.01);
    assert.ok(Math.max(...h.gain.filter((gain) => !Number.isNaN(gain))) > 1, JSON.stringify([...h.gain]));
  });
});
