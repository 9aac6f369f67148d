import assert from 'node:assert/strict';
import Papa from 'papaparse';
import type { Predictions } from '../../../src/protocol/predictions';
import { csvNumber, csvText } from '../../../src/text/csv';
import { formatError, formatPredictionErrors } from '../../../src/text/predictionErrors';
import { openHeldOut } from '../../../src/trainer/predictions/predictionReader';
import { HeldOutEvaluation } from '../../../src/trainer/predictions/heldOutEvaluation';
import { predictionPoints } from '../../../src/trainer/predictions/predictionPoints';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import { formatInput, formatOutput, formatTarget } from '../../../webview/notebook/formatStep';
import { formatHeldOut, formatRow } from '../../../webview/notebook/output/formatHeldOut';
import { rowAt, rowAxis, rowLabels, startOfRow } from '../../../webview/notebook/output/heldOutAxis';
import { earlySpans, heldOutCurves } from '../../../webview/notebook/output/heldOutCurves';
import type { Theme } from '../../../webview/theme/theme';
import { exampleTraining } from '../trainer/exampleTraining';

const theme = { baseline: 'green', validation: 'orange', train: 'blue' } as Theme;

/** A table of two held-out sequences of eight rows among ten, with a gap; the values of sequence s are 100 s + step. */
const lines = Array.from({ length: 10 }, (_, sequence) =>
  Array.from({ length: 8 }, (_row, step) =>
    [`s${sequence}`, `2024-01-0${step + 1}`, sequence === 4 && step === 5 ? 'NA' : 100 * sequence + step].join(','),
  ),
).flat();
const files = new Map([['table.csv', new TextEncoder().encode(['id,date,value', ...lines].join('\n'))]]);
const training = exampleTraining(
  {
    data: { csv: 'table.csv', inputs: ['value'], sequence: 'id', time: 'date', length: 4, gaps: 'mask' },
    model: { cell: 'rnn', hidden: 3 },
    training: { steps: 3, batch: 2 },
  },
  files,
);

function shown(from = 0, to?: number): Predictions {
  const opened = openHeldOut(training.setup, files);
  assert.ok(typeof opened === 'object');
  const { source, experiment } = training.setup;
  const evaluation = new HeldOutEvaluation(source, opened.part, opened.table, experiment.loss);
  while (evaluation.advance(training.setup.learner));
  return predictionPoints(
    evaluation.finish(),
    { update: 0, column: 0, from, to },
    opened.data,
    training.setup.source.scaling,
  );
}

describe('The picture of held-out rows', () => {
  it('has lines that are interrupted by gaps and between sequences', () => {
    const curves = heldOutCurves(shown(), 16, theme);
    assert.deepEqual(
      curves.map(({ label }) => label),
      ['predicted', 'true value', 'persistence'],
    );
    const truth = curves[1]?.points ?? [];
    assert.deepEqual(
      truth.filter(({ y }) => Number.isNaN(y)).map(({ x }) => x),
      [5.5, 8],
      'the missing value, and the start of the second sequence',
    );
    assert.deepEqual(truth[0], { x: 0.5, y: 400 });
    assert.ok(curves.every(({ hasGaps }) => hasGaps));
  });

  it('has a line that goes on from the lead-in into the held-out part', () => {
    const predictions = { ...shown(), lead: 4, sequences: [{ row: 4, name: undefined }] };
    const [, truth] = heldOutCurves(predictions, 16, theme);
    assert.deepEqual(
      truth?.points.filter(({ y }) => Number.isNaN(y)).map(({ x }) => x),
      [5.5],
      'the missing value',
    );
  });

  it('shades the first predictions of every sequence', () => {
    // Windows of four rows predict after reading two; the first row has no prediction.
    assert.deepEqual(earlySpans(shown()), [
      [1, 3],
      [9, 11],
    ]);
    assert.deepEqual(earlySpans(shown(2, 10)), [
      [2, 3],
      [9, 10],
    ]);
  });

  it('names the row under the pointer as the table has it', () => {
    const predictions = shown();
    assert.match(
      formatRow(predictions, 11, 'value', []),
      /^sequence s9 · row 77 · 2024-01-04 · value 903 · predicted \S+ · persistence 902$/,
    );
    assert.match(formatRow(predictions, 5, 'value', []), / · value none · predicted \S+ · persistence 404$/);
    assert.match(formatRow(predictions, 9, 'value', []), /warm-up: at most 2 rows of the sequence read$/);
    assert.equal(
      formatHeldOut(predictions),
      'The 16 held-out rows are 2 sequences. 3 rows without a value or without a prediction count in no error.',
    );
  });

  it('labels as many rows as fit, and stays within the panel', () => {
    const predictions = shown();
    for (const width of [120, 500, 1200]) {
      const labels = rowLabels(predictions, rowAxis(predictions.rows, width, undefined));
      assert.ok(labels.length > 0 && labels.every(({ text }) => text.startsWith('2024-01-0')));
      assert.ok(labels.every(({ x }, index) => index === 0 || x - (labels[index - 1]?.x ?? 0) > 60));
    }
  });

  it('zooms to a range, never to fewer rows than five or beyond the ends', () => {
    assert.deepEqual(rowAxis(16, 100, [7, 8]).domain, [7, 12]);
    assert.deepEqual(rowAxis(16, 100, [14, 20]).domain, [10, 16]);
    assert.deepEqual(rowAxis(3, 100, [2, 9]).domain, [0, 3]);
    const axis = rowAxis(16, 100, [5, 15]);
    assert.equal(startOfRow(axis, 6), 10);
    assert.deepEqual([rowAt(axis, 0), rowAt(axis, 19), rowAt(axis, 100)], [5, 6, 15]);
  });
});

describe('The errors of predictions', () => {
  it('are in the unit of the column and in the scaled one', () => {
    assert.equal(formatError(1.459, { kind: 'standard', scale: 6.4 }), '1.46 (0.228 σ)');
    assert.equal(formatError(1.459, { kind: 'minmax', scale: 6.4 }), '1.46 (0.228 of the training range)');
    assert.equal(formatError(1.459, { kind: 'none', scale: 1 }), '1.46');
  });

  it('are one sentence, with persistence where it is defined', () => {
    const scaling = { kind: 'none', scale: 1 } as const;
    const values = {
      kind: 'values',
      count: 12,
      notFinite: 0,
      rmse: 2,
      mae: 1.5,
      persistence: NaN,
      persistenceCount: 12,
      scaling,
    } as const;
    assert.equal(
      formatPredictionErrors(values, 'temp'),
      'RMSE 2.00 and mean absolute error 1.50 over 12 held-out rows of temp.',
    );
    assert.match(formatPredictionErrors({ ...values, persistence: 3 }, 'temp'), /temp; persistence has RMSE 3\.00\.$/);
    const fewer = { ...values, persistence: 3, persistenceCount: 9 };
    assert.match(formatPredictionErrors(fewer, 'temp'), /temp; persistence has RMSE 3\.00 over 9 of them\.$/);
    assert.match(formatPredictionErrors({ ...values, count: 0 }, 'temp'), /^No held-out row of temp/);
    assert.match(formatPredictionErrors({ ...values, notFinite: 2 }, 'temp'), /^2 predictions are not finite\. RMSE /);
    const classes = {
      kind: 'classes',
      count: 1,
      notFinite: 0,
      accuracy: 1,
      mostFrequent: 0.25,
      persistence: 0.5,
      persistenceCount: 1,
    } as const;
    assert.equal(
      formatPredictionErrors(classes, 'move'),
      '100.0 % of the predictions of 1 held-out row of move are correct, persistence 50.0 %; always predicting the most frequent class of the training part, 25.0 %.',
    );
  });
});

describe('A step of a table', () => {
  it('has its numbers in the unit of the data, and as the net has them', () => {
    const advance = training.advance(() => true);
    assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
    const inspection = inspectionOf(advance.capture, training.setup, 0);
    const { shift, scale } = training.setup.source.scaling?.targets[0] ?? { shift: NaN, scale: NaN };
    const scaled = inspection.targets[1] ?? NaN;
    const [, own = '', net = ''] = /^target (\S+) \(scaled (\S+)\)$/.exec(formatTarget(inspection, 1)) ?? [];
    assert.equal(Number(own.replace(',', '')), Number((scaled * scale + shift).toPrecision(3)));
    assert.equal(Number(net), Number(scaled.toPrecision(3)));
    assert.match(formatOutput(inspection, 1), /^ŷ_1 = \S+ \(scaled \S+\)$/);
    // The second input is the indicator of missing values.
    assert.match(formatInput(inspection, 1), /^\(\S+, 0\) \(scaled \(\S+, 0\)\)$/);
  });
});

describe('A cell of a CSV file', () => {
  it('is read back as it was', () => {
    const texts = ['plain', 'a,b', 'say "x"', 'two\nlines', 'a\rb', '', '2004-03-10 18:00', '-5', '+1e-3', '−7'];
    const line = texts.map(csvText).join(',');
    assert.deepEqual(Papa.parse<string[]>(line, { newline: '\r\n' }).data[0], texts);
    const numbers = [0.1 + 0.2, -1e-300, 3.4e38, 0];
    assert.deepEqual(numbers.map(csvNumber).map(Number), numbers);
    assert.equal(csvNumber(NaN), '');
  });

  it('is no formula of a spreadsheet', () => {
    assert.deepEqual(['=1+1', '+cmd', '-x', '@sum', '\tx'].map(csvText), ["'=1+1", "'+cmd", "'-x", "'@sum", "'\tx"]);
  });
});
