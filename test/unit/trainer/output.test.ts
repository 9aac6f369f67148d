import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Capture } from '../../../src/engine/instruments/capture';
import type { AllowedScore, Scores } from '../../../src/protocol/output';
import { AllowedTally } from '../../../src/trainer/replay/allowedTally';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import { principalPlane } from '../../../src/trainer/replay/principalComponents';
import { projectStates } from '../../../src/trainer/replay/projection';
import { sampleSymbols } from '../../../src/trainer/replay/sampling';
import { scoresOf } from '../../../src/trainer/replay/scores';
import type { Training } from '../../../src/trainer/training/training';
import { formatScores, formatWarmUp, heldOutLabel } from '../../../webview/notebook/output/formatScores';
import { exampleText, exampleTraining } from './exampleTraining';

/** Trains up to an update and captures it. */
function captured(training: Training, update: number): Capture {
  for (;;) {
    const advance = training.advance((at) => at === update);
    assert.ok(advance.kind === 'updated');
    if (advance.capture !== undefined) return advance.capture;
  }
}

const text = (steps = 12): Training =>
  exampleTraining(
    {
      data: { text: 'text.txt', length: 8, order: 'random' },
      model: { cell: 'gru', hidden: 16 },
      optimizer: { kind: 'adam', learningRate: 0.02 },
      training: { steps, batch: 8 },
    },
    exampleText,
  );

const bits = (training: Training): string =>
  JSON.stringify([...training.setup.learner.parameters.values()].map(({ values }) => Array.from(values)));

describe('A text sampled from the net', () => {
  const request = { update: 3, prompt: 'to be', temperature: 1, seed: 7, length: 60 };

  it('is the same for the same seed, and different for another', () => {
    const training = text();
    const capture = captured(training, 3);
    const sample = sampleSymbols(training.setup, capture, request);
    assert.deepEqual(sampleSymbols(training.setup, capture, request), sample);
    assert.notEqual(sampleSymbols(training.setup, capture, { ...request, seed: 8 }).text, sample.text);
    assert.equal(sample.text.length, 60);
    assert.ok(Array.from(sample.text).every((character) => training.setup.source.inputNames.includes(character)));
  });

  it('does not change the training', () => {
    const [used, untouched] = [text(), text()];
    const capture = captured(used, 3);
    captured(untouched, 3);
    sampleSymbols(used.setup, capture, request);
    scoresOf(used.setup, capture, { update: 3, sequence: 0 });
    assert.equal(bits(used), bits(untouched));
    used.advance();
    untouched.advance();
    assert.equal(bits(used), bits(untouched));
  });

  it('comes from the weights before the update, not from later ones', () => {
    const training = text();
    const capture = captured(training, 3);
    const there = sampleSymbols(training.setup, capture, { ...request, temperature: 0 });
    captured(training, 9);
    assert.deepEqual(sampleSymbols(training.setup, capture, { ...request, temperature: 0 }), there);
  });

  it('takes the top prediction at temperature 0, for any seed', () => {
    const training = text();
    const capture = captured(training, 3);
    const cold = sampleSymbols(training.setup, capture, { ...request, temperature: 0 });
    assert.equal(sampleSymbols(training.setup, capture, { ...request, temperature: 0, seed: 99 }).text, cold.text);
    const inputs = training.setup.source.inputs;
    assert.ok(cold.probabilities.every((p) => p >= 1 / inputs));
    const hot = sampleSymbols(training.setup, capture, { ...request, temperature: 50, length: 400 });
    assert.ok(new Set(hot.text).size > new Set(cold.text).size);
  });

  it('draws each symbol with the probability that the net gives it after the prompt', () => {
    const training = text();
    const capture = captured(training, 3);
    // The net's own probabilities after a prompt are those of a captured forward pass over the same symbols.
    const inspection = inspectionOf(capture, training.setup, 0);
    const { inputNames, outputs, inputs, steps } = inspection;
    const width = inputNames.length;
    const read = Array.from(
      { length: steps },
      (_, t) => inputNames[inputs.subarray(t * width, (t + 1) * width).indexOf(1)] ?? '',
    );
    const own = outputs.subarray((steps - 1) * width);
    const drawn = new Map<string, number>();
    const trials = 400;
    for (let seed = 0; seed < trials; seed++) {
      const { text: symbol, probabilities } = sampleSymbols(training.setup, capture, {
        ...request,
        prompt: read.join(''),
        length: 1,
        seed,
      });
      const p = own[inputNames.indexOf(symbol)] ?? NaN;
      assert.ok(Math.abs((probabilities[0] ?? NaN) - p) < 1e-12, `${symbol}: ${probabilities[0]}, not ${p}`);
      drawn.set(symbol, (drawn.get(symbol) ?? 0) + 1);
    }
    inputNames.forEach((name, i) => {
      const p = own[i] ?? NaN;
      const spread = 4.5 * Math.sqrt((p * (1 - p)) / trials) + 1 / trials;
      assert.ok(
        Math.abs((drawn.get(name) ?? 0) / trials - p) < spread,
        `${JSON.stringify(name)}: ${drawn.get(name)} of ${trials}, p = ${p}`,
      );
    });
  });

  it('reproduces the training data after training', () => {
    const training = text(200);
    const { text: drawn } = sampleSymbols(training.setup, captured(training, 199), {
      ...request,
      temperature: 0,
      prompt: 'to be or',
    });
    assert.ok('to be or not to be, that is it. '.repeat(4).includes(drawn.slice(0, 10)), drawn);
  });

  it('is refused for a prompt with unknown symbols or none, and for a net whose outputs are not its inputs', () => {
    const training = text();
    const capture = captured(training, 0);
    assert.throws(
      () => sampleSymbols(training.setup, capture, { ...request, prompt: 'tö be' }),
      /"ö", symbol 2 of the prompt, is not among the \d+ that this network knows: .*a b/,
    );
    assert.throws(() => sampleSymbols(training.setup, capture, { ...request, prompt: '' }), /prompt is empty/);
    assert.throws(() => sampleSymbols(training.setup, capture, { ...request, temperature: -1 }), /temperature/);
    const adding = exampleTraining();
    assert.throws(
      () => sampleSymbols(adding.setup, captured(adding, 0), request),
      /can't continue from its own output/,
    );
  });

  it('can be a string of the grammar', () => {
    const training = exampleTraining({ data: { task: 'reber' }, model: { cell: 'lstm', hidden: 6 } });
    const { text: drawn } = sampleSymbols(training.setup, captured(training, 2), { ...request, prompt: 'B' });
    assert.match(drawn, /^[BTSXPVE]{60}$/);
  });
});

describe('Scores by position', () => {
  it('count the correct predictions of every sequence of the batch', () => {
    const training = text();
    const capture = captured(training, 2);
    const { kind, batch, heldOut, series } = scoresOf(training.setup, capture, { update: 2, sequence: 0 });
    assert.equal(kind, 'accuracy');
    assert.equal(series, undefined);
    assert.ok(heldOut !== undefined && heldOut.total >= 0 && heldOut.total <= 1);
    const inspections = Array.from({ length: 8 }, (_, sequence) => inspectionOf(capture, training.setup, sequence));
    const width = training.setup.source.outputs;
    batch.scores.forEach((score, t) => {
      const right = inspections.filter(({ outputs, targets }) => {
        const row = outputs.subarray(t * width, (t + 1) * width);
        return targets[t * width + row.indexOf(Math.max(...row))] === 1;
      }).length;
      assert.equal(score, right / 8);
      assert.equal(batch.counts[t], 8);
    });
  });

  it('are the root of the mean squared error for values, of which the loss is the square', () => {
    const training = exampleTraining({ data: { task: 'sine', length: 9 }, clip: null });
    const capture = captured(training, 2);
    const { kind, batch, heldOut, series, heldOutSequences } = scoresOf(training.setup, capture, {
      update: 2,
      sequence: 1,
    });
    assert.equal(kind, 'error');
    assert.ok(Math.abs(batch.total ** 2 - Number(capture.metadata['loss'])) < 1e-12);
    assert.ok(heldOut !== undefined && series !== undefined && heldOutSequences > 1);
    assert.equal(series.sequence, 1);
    assert.equal(series.outputs.length, series.targets.length);
    assert.equal(series.mask.length * training.setup.source.outputs, series.outputs.length);
  });

  it('of the held-out data are computed with the weights before the update', () => {
    const training = exampleTraining({ data: { task: 'sine', length: 9 }, clip: null });
    const capture = captured(training, 0);
    const fresh = exampleTraining({ data: { task: 'sine', length: 9 }, clip: null });
    const expected = fresh.setup.learner.evaluate(fresh.setup.source.validation())?.loss ?? NaN;
    const { heldOut } = scoresOf(training.setup, capture, { update: 0, sequence: 0 });
    assert.ok(Math.abs((heldOut?.total ?? NaN) ** 2 - expected) < 1e-12);
  });
});

describe('The best accuracy that can be expected', () => {
  it('of the echo task is that of the likelier bit', () => {
    const training = exampleTraining({ data: { task: 'echo', length: 12, lags: [3, 8] } });
    const { best } = scoresOf(training.setup, captured(training, 0), { update: 0, sequence: 0 });
    // Before the first lag P(1) = ½. With x[t−3] known, it is ½ or 1; with both lags ½, 1, ¼ or ¾.
    assert.deepEqual([...(best?.batch ?? [])], [0.5, 0.5, 0.5, ...Array<number>(9).fill(0.75)]);
    assert.ok(Math.abs((best?.heldOut ?? NaN) - (3 * 0.5 + 9 * 0.75) / 12) < 1e-12);
    assert.match(best?.definition ?? '', /likelier bit, given x\[t−3\] and x\[t−8\]/);
  });

  it('of the Reber grammar is the mean of one in the number of allowed symbols', () => {
    const training = exampleTraining({ data: { task: 'reber' } });
    const { source } = training.setup;
    const { best } = scoresOf(training.setup, captured(training, 0), { update: 0, sequence: 0 });
    let [sum, count] = [0, 0];
    for (const batch of source.validation()) {
      for (let row = 0; row < batch.steps * batch.batch; row++) {
        if (batch.mask[row] === 0) continue;
        sum += 1 / (source.allowedNext?.(batch, row % batch.batch, Math.floor(row / batch.batch)).length ?? NaN);
        count += 1;
      }
    }
    assert.ok(Math.abs((best?.heldOut ?? NaN) - sum / count) < 0.02, `${best?.heldOut}, not ${sum / count}`);
    assert.deepEqual([...(best?.batch?.subarray(0, 3) ?? [])], [0.5, 1, 0.5]);
  });

  it('is not given by position where windows begin within sequences, nor where all targets can be known', () => {
    const truncated = exampleTraining({ data: { task: 'echo' }, bptt: { forward: 10, backward: 10 } });
    const { best } = scoresOf(truncated.setup, captured(truncated, 0), { update: 0, sequence: 0 });
    assert.equal(best?.batch, undefined);
    assert.ok((best?.heldOut ?? 0) > 0.7);
    const copy = exampleTraining({ data: { task: 'copy', delay: 3 } });
    assert.equal(scoresOf(copy.setup, captured(copy, 0), { update: 0, sequence: 0 }).best, undefined);
  });
});

describe('Strings with the allowed symbols on top', () => {
  const { source } = exampleTraining({ data: { task: 'reber' } }).setup;
  const { allowedNext } = source;
  assert.ok(allowedNext !== undefined);
  const tally = (change: (outputs: Float64Array, string: number, t: number) => void): AllowedScore => {
    const counted = new AllowedTally(allowedNext, source.outputs);
    let before = 0;
    for (const batch of source.validation()) {
      for (let t = 0; t < batch.steps; t++) {
        const outputs = new Float64Array(batch.batch * source.outputs);
        for (let row = 0; row < batch.batch; row++) {
          const own = outputs.subarray(row * source.outputs, (row + 1) * source.outputs);
          for (const symbol of allowedNext(batch, row, t)) own[symbol] = 1 + symbol;
          change(own, before + row, t);
        }
        counted.observe(batch, t, outputs);
      }
      before += batch.batch;
    }
    return counted.finish();
  };

  it('are all where the allowed symbols always are, whatever their order and whatever padding has', () => {
    assert.deepEqual(
      tally(() => undefined),
      { strings: 256, right: 256 },
    );
  });

  it('are not those with one step at which another symbol is as large', () => {
    const { right } = tally((outputs, string, t) => {
      if (string % 4 === 0 && t === 3) outputs.fill(1);
    });
    assert.equal(right, 192);
  });
});

describe('The sentence about scores', () => {
  const part = { scores: Float64Array.of(0.5, 0.75), counts: Float64Array.of(4, 4), total: 0.625 };
  const scores: Scores = {
    update: 0,
    kind: 'accuracy',
    batch: part,
    heldOut: part,
    heldOutSequences: 4,
    best: { definition: 'the likelier bit', batch: undefined, heldOut: 0.75 },
    allowed: undefined,
    series: undefined,
  };

  it('names the best that can be expected, and whether a grammar is solved', () => {
    assert.equal(
      formatScores(scores),
      'On this update’s batch 62.5 % of 8 predictions are correct. Held out (4 sequences): 62.5 % of 8 predictions are ' +
        'correct; the best that can be expected is 75.0 % (the likelier bit).',
    );
    assert.match(
      formatScores({ ...scores, allowed: { strings: 256, right: 256 } }),
      / Solved as .*: in all 256 held-out/,
    );
    assert.match(formatScores({ ...scores, allowed: { strings: 256, right: 9 } }), / Not solved .* in 9 of 256 /);
  });

  it('says where the held-out curve of a table begins', () => {
    assert.equal(formatWarmUp(0, 0), '');
    assert.match(formatWarmUp(11, 11), /^The first 11 steps .*: the held-out curve begins at step 11\.$/);
    assert.match(formatWarmUp(11, 0), /unless it begins with its sequence: before step 11/);
    assert.equal(heldOutLabel(11), 'held out, after 11 steps of warm-up');
  });
});

describe('States in two dimensions', () => {
  it('are projected onto the directions of the largest variance', () => {
    // A long axis along (3, 4)/5, a short one across it, and an offset that has no effect.
    const rows = Float64Array.from(
      [-2, -1, 1, 2].flatMap((a) => [-0.1, 0.1].flatMap((b) => [10 + 3 * a - 4 * b, -5 + 4 * a + 3 * b, 7])),
    );
    const { points, explained } = principalPlane(rows, 3);
    assert.ok(Math.abs(explained[0] - 2.5 / 2.51) < 1e-12 && Math.abs(explained[0] + explained[1] - 1) < 1e-12);
    assert.ok(Math.abs(Math.abs(points[0] ?? 0) - 10) < 1e-9);
    // The largest element of the direction, 4/5 along y, is positive: the first point lies at the negative end.
    assert.ok((points[0] ?? 0) < 0);
  });

  it('preserve the variance, for any rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
          minLength: 3,
          maxLength: 20,
        }),
        (pairs) => {
          const { points, explained } = principalPlane(Float64Array.from(pairs.flat()), 2);
          const spread = (values: readonly number[]): number => {
            const mean = values.reduce((a, b) => a + b, 0) / values.length;
            return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
          };
          const total = spread(pairs.map(([x]) => x)) + spread(pairs.map(([, y]) => y));
          const along = [0, 1].map((component) => spread(Array.from(points).filter((_, i) => i % 2 === component)));
          assert.ok(Math.abs((along[0] ?? 0) + (along[1] ?? 0) - total) <= 1e-9 * (1 + total));
          if (total > 0)
            assert.ok(explained[0] >= explained[1] && Math.abs((along[0] ?? 0) / total - explained[0]) < 1e-9);
          else assert.ok(Number.isNaN(explained[0]));
        },
      ),
    );
  });

  it('are the states of whole sequences, including the selected one, each with its input and prediction', () => {
    const training = exampleTraining({
      data: { task: 'parity', length: 40 },
      model: { cell: 'rnn', hidden: 6 },
      training: { steps: 3, batch: 90 },
    });
    const capture = captured(training, 1);
    const projection = projectStates(training.setup, capture, { update: 1, sequence: 89, layer: 0 });
    const { sequences, steps, inputs, topPredictions, targets, points, sequenceCount } = projection;
    assert.ok(sequenceCount <= 38 && sequenceCount > 20 && sequences.includes(89));
    assert.equal(points.length, 2 * sequences.length);
    assert.equal(sequences.length, sequenceCount * 40);
    const inspection = inspectionOf(capture, training.setup, 89);
    sequences.forEach((sequence, n) => {
      if (sequence !== 89) return;
      const t = steps[n] ?? NaN;
      assert.equal(inspection.inputs[t * 2 + (inputs[n] ?? NaN)], 1);
      const other = 1 - (topPredictions[n] ?? NaN);
      assert.ok(
        (inspection.outputs[t * 2 + (topPredictions[n] ?? NaN)] ?? 0) >= (inspection.outputs[t * 2 + other] ?? 1),
      );
      assert.equal(targets[n] === -1, inspection.mask[t] === 0);
    });
    assert.throws(
      () => projectStates(training.setup, capture, { update: 1, sequence: 90, layer: 0 }),
      /sequences 0 to 89/,
    );
    assert.throws(() => projectStates(training.setup, capture, { update: 1, sequence: 0, layer: 4 }), /h_l4/);
  });
});
