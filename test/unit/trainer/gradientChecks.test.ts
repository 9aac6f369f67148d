import assert from 'node:assert/strict';
import {
  formatGradientCheck,
  gradientVerdict,
  maxRelativeError,
  type ParameterCheck,
} from '../../../src/checks/gradientCheck';
import { cells } from '../../../src/engine/cells/registry';
import { gradientChecksOf } from '../../../src/trainer/training/gradientChecks';
import { exampleText, exampleTraining } from './exampleTraining';

/** The checks of an experiment, and what was checked. */
function checked(keys: Readonly<Record<string, unknown>>, kernels: 'reference' | 'simd' = 'simd') {
  const { setup } = exampleTraining(keys, exampleText, undefined, kernels);
  const { subject, checks } = gradientChecksOf(setup);
  return { subject, checks: [...checks], names: setup.layout.parameters };
}

function assertRight(checks: readonly ParameterCheck[], names: readonly string[]): void {
  assert.deepEqual(
    checks.map(({ name }) => name),
    names,
  );
  for (const check of checks) assert.notEqual(gradientVerdict(check), 'unmet', formatGradientCheck(check));
  assert.ok(checks.some((check) => gradientVerdict(check) === 'met'));
}

describe('The gradient checks of an experiment', () => {
  for (const { name: cell } of cells) {
    it(`find the gradients of ${cell} right, with full and truncated BPTT`, () => {
      const model = { cell, hidden: 5, layers: 2 };
      for (const bptt of ['full', { forward: 4, backward: 2 }, { forward: 3, backward: 7 }]) {
        const { checks, names } = checked({ model, bptt, data: { task: 'echo', length: 12 } });
        assertRight(checks, names);
      }
    });
  }

  it('hold the carried state constant, and reach back as far as truncation says', () => {
    const data = { task: 'echo', length: 12 };
    const model = { cell: 'gru', hidden: 4 };
    assert.deepEqual(checked({ data, model, bptt: 'full' }).subject, {
      ...{ sequences: 3, steps: 12, isCarried: false, targets: 12 * 3 },
    });
    const short = checked({ data, model, bptt: { forward: 4, backward: 2 } }).subject;
    assert.deepEqual([short.steps, short.isCarried, short.targets], [2, true, 2 * 3]);
    const long = checked({ data, model, bptt: { forward: 3, backward: 7 } }).subject;
    assert.deepEqual([long.steps, long.isCarried, long.targets], [7, true, 3 * 3]);
    const text = checked({ data: { text: 'text.txt', length: 8 }, model });
    assert.deepEqual([text.subject.steps, text.subject.isCarried], [8, true]);
    assertRight(text.checks, text.names);
  });

  it('take a window that has a target, and masks', () => {
    // The only target of the adding problem is at its last step: in the last of five windows.
    const adding = checked({
      data: { task: 'adding', length: 20 },
      model: { cell: 'rnn', hidden: 4 },
      bptt: { forward: 4, backward: 4 },
    });
    assert.deepEqual(adding.subject, { sequences: 3, steps: 4, isCarried: true, targets: 3 });
    assertRight(adding.checks, adding.names);
    const sequences = [
      { inputs: [[1], [0.5], [-1]], targets: [null, [0.5], [1]] },
      { inputs: [[0.25], [2]], targets: [[1], null] },
    ];
    const masked = checked({
      data: { sequences },
      model: { cell: 'lstm', hidden: 3 },
      training: { steps: 1, validateEvery: 0 },
    });
    assert.equal(masked.subject.targets, 3);
    assertRight(masked.checks, masked.names);
  });

  it('do not step over the kinks of relu', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { checks, names } = checked({
        seed,
        data: { task: 'adding', length: 20 },
        model: { cell: 'rnn', hidden: 16, activation: 'relu' },
      });
      assertRight(checks, names);
    }
  });

  it('check a part of a large net, of few sequences', () => {
    const model = { cell: 'lstm', hidden: 64 };
    const { subject, checks } = checked({
      model,
      data: { task: 'adding', length: 30 },
      training: { steps: 1, batch: 64 },
    });
    assert.equal(subject.sequences, 4);
    const [, recurrent] = checks;
    assert.equal(recurrent?.size, 4 * 64 * 64);
    assert.ok(recurrent.elements < 1000 && recurrent.elements >= 4, String(recurrent.elements));
    assert.match(formatGradientCheck(recurrent), / of 16,384 elements, /);
  });

  it('need a target within the steps of the gradient', () => {
    const sequences = [{ inputs: [[1], [1], [1], [1]], targets: [[1], null, null, null] }];
    const bptt = { forward: 4, backward: 2 };
    assert.throws(
      () => checked({ data: { sequences }, bptt, training: { steps: 1, validateEvery: 0 } }),
      /No target lies within the last .* steps of any window, so there is no gradient to check/,
    );
  });

  it('tell a wrong gradient from a right one and from one that is too small to tell', () => {
    const check: ParameterCheck = {
      name: 'head.bias',
      relativeError: 1e-9,
      norm: 1,
      error: 1e-9,
      rounding: 1e-10,
      elements: 4,
      size: 4,
    };
    assert.equal(gradientVerdict(check), 'met');
    assert.equal(
      gradientVerdict({ ...check, relativeError: 2 * maxRelativeError, error: 2 * maxRelativeError }),
      'unmet',
    );
    const tiny = { ...check, norm: 1e-12, error: 5e-11, relativeError: 50 };
    assert.equal(gradientVerdict(tiny), 'unjudged');
    assert.match(formatGradientCheck(tiny), /That says nothing: the gradient is too small/);
    assert.equal(
      formatGradientCheck({ ...check, relativeError: 0.5, error: 0.5 }),
      'The gradient of head.bias differs from central differences by a relative error of 0.500 (all 4 elements, ‖g‖ = 1.00); it should be at most 1.00e-5.',
    );
  });
});
