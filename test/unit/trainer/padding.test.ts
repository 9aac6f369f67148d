import assert from 'node:assert/strict';
import type { Capture } from '../../../src/engine/instruments/capture';
import { tensorOf } from '../../../src/engine/instruments/capture';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import { projectStates } from '../../../src/trainer/replay/projection';
import type { Training } from '../../../src/trainer/training/training';
import { rowsOf } from '../../../webview/net/rows';
import { exampleTraining } from './exampleTraining';

/** Sequences of 3, 5 and 2 steps. */
const lengths = [3, 5, 2];
const sequences = lengths.map((length, sequence) => ({
  inputs: Array.from({ length }, (_, t) => [t + sequence / 2]),
  targets: Array.from({ length }, (_, t) => [t - sequence]),
}));

function captured(training: Training): Capture {
  for (;;) {
    const advance = training.advance(() => true);
    assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
    if (tensorOf(advance.capture, 'outputs').shape[0] === 5 || training.updates > 1) return advance.capture;
  }
}

describe('Padding after the end of a sequence', () => {
  const training = exampleTraining({
    data: { sequences },
    model: { cell: 'gru', hidden: 3 },
    training: { steps: 12 },
  });
  const capture = captured(training);

  it('is none of the states that are projected onto their principal components', () => {
    const {
      sequences: rows,
      steps,
      sequenceCount,
    } = projectStates(training.setup, capture, {
      update: 0,
      sequence: 1,
      layer: 0,
    });
    const expected = lengths.flatMap((length, row) => Array.from({ length }, (_, t) => `${row}:${t}`));
    assert.deepEqual(
      Array.from(rows, (row, n) => `${row}:${steps[n]}`),
      expected,
    );
    assert.equal(sequenceCount, 3);
  });

  it('has no node in the unrolled net', () => {
    for (const [sequence, length] of lengths.entries()) {
      const inspection = inspectionOf(capture, training.setup, sequence);
      assert.equal(inspection.end, length);
      for (const row of rowsOf(inspection, 0)) {
        assert.deepEqual(
          Array.from({ length: 5 }, (_, t) => row.isAt(t)),
          Array.from({ length: 5 }, (_, t) => t < length),
          row.symbol,
        );
      }
    }
  });

  it('is told for the padded strings of the embedded Reber grammar', () => {
    const reber = exampleTraining({
      data: { task: 'reber' },
      model: { cell: 'rnn', hidden: 3 },
      training: { batch: 8 },
    });
    const update = captured(reber);
    const mask = tensorOf(update, 'mask').data;
    const [steps = 0, batch = 0] = tensorOf(update, 'mask').shape;
    for (let sequence = 0; sequence < batch; sequence++) {
      // Every symbol of a string but its last one has a target.
      const targets = Array.from({ length: steps }, (_, t) => mask[t * batch + sequence] ?? 0);
      assert.equal(inspectionOf(update, reber.setup, sequence).end, targets.lastIndexOf(1) + 1);
    }
  });

  it('is counted from the first step of a capture that reaches back into an earlier window', () => {
    const truncated = exampleTraining({
      data: { sequences },
      model: { cell: 'rnn', hidden: 3 },
      training: { steps: 12 },
      bptt: { forward: 2, backward: 3 },
    });
    truncated.advance();
    const advance = truncated.advance(() => true);
    assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
    // Steps 1 to 3 of the batch: the window of steps 2 and 3, and the step before it.
    assert.deepEqual(
      [0, 1, 2].map((sequence) => inspectionOf(advance.capture as Capture, truncated.setup, sequence).end),
      [2, 3, 1],
    );
  });
});
