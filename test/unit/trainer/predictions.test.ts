import assert from 'node:assert/strict';
import Papa from 'papaparse';
import { parameter } from '../engine/exampleLearner';
import { heldOutRows, predictionHeader, predictionLines } from '../../../src/trainer/predictions/predictionCsv';
import { HeldOutEvaluation } from '../../../src/trainer/predictions/heldOutEvaluation';
import { predictionErrors } from '../../../src/trainer/predictions/predictionErrors';
import { predictionPoints } from '../../../src/trainer/predictions/predictionPoints';
import { openHeldOut, predictionColumns, PredictionReader } from '../../../src/trainer/predictions/predictionReader';
import { withEarlierParameters } from '../../../src/trainer/replay/earlierParameters';
import type { Training } from '../../../src/trainer/training/training';
import { formatPredictionErrors } from '../../../src/text/predictionErrors';
import { exampleTraining } from './exampleTraining';

const bytes = (text: string) => new Map([['table.csv', new TextEncoder().encode(text)]]);

/** A trained net's predictions, and the rows of its CSV file by column. */
function predicted(text: string, data: Readonly<Record<string, unknown>>, updates = 3) {
  const files = bytes(text);
  const training = exampleTraining(
    { data: { csv: 'table.csv', ...data }, model: { cell: 'rnn', hidden: 3 }, training: { steps: 9, batch: 4 } },
    files,
  );
  for (let update = 0; update < updates; update++) training.advance();
  const opened = openHeldOut(training.setup, files);
  assert.ok(typeof opened !== 'string', typeof opened === 'string' ? opened : '');
  const { source, experiment } = training.setup;
  const evaluation = new HeldOutEvaluation(source, opened.part, opened.table, experiment.loss);
  while (evaluation.advance(training.setup.learner));
  const predictions = evaluation.finish();
  const columns = predictionColumns(opened, training.setup);
  const csv =
    predictionHeader(columns, predictions) + predictionLines(columns, predictions, 0, heldOutRows(predictions));
  return { training, predictions, csv, rows: Papa.parse<Record<string, string>>(csv.trim(), { header: true }).data };
}

/** The output of an Elman net for a sequence, by PyTorch's definition, in double precision. */
function elman({ setup }: Training, inputs: readonly (readonly number[])[]): readonly number[] {
  const weights = (name: string): readonly number[] => Array.from(parameter(setup.learner, name).values);
  const [inner, outer] = [weights('rnn.weight_ih_l0'), weights('rnn.weight_hh_l0')];
  const [first, second] = [weights('rnn.bias_ih_l0'), weights('rnn.bias_hh_l0')];
  const hidden = first.length;
  let h = first.map(() => 0);
  for (const x of inputs) {
    h = first.map((bias, j) =>
      Math.tanh(
        x.reduce((sum, value, k) => sum + value * (inner[j * x.length + k] ?? NaN), bias + (second[j] ?? NaN)) +
          h.reduce((sum, value, k) => sum + value * (outer[j * hidden + k] ?? NaN), 0),
      ),
    );
  }
  const head = weights('head.weight');
  return weights('head.bias').map((bias, o) =>
    h.reduce((sum, value, k) => sum + value * (head[o * hidden + k] ?? NaN), bias),
  );
}

function close(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= 1e-5 * (1 + Math.abs(expected)), `${what}: ${actual}, not ${expected}`);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

describe('Predictions of the held-out rows of a table', () => {
  it('have columns with a name each', () => {
    const columns = { data: { targets: ['y', 'y predicted'], time: 'row' }, classNames: undefined };
    const header = predictionHeader(columns, { horizon: 0 } as Parameters<typeof predictionHeader>[1]);
    assert.equal(header, 'row,row (2),y,y predicted,y predicted (2),y predicted predicted\n');
  });

  const temperatures = Array.from(
    { length: 40 },
    (_, day) => Math.round(100 * (15 + 8 * Math.sin(day / 3) + (day % 5))) / 100,
  );
  const winds = temperatures.map((_, day) => (day * 7) % 11);
  const days = temperatures.map(
    (_, day) => `2024-${day < 31 ? '01' : '02'}-${String((day % 31) + 1).padStart(2, '0')}`,
  );
  const table = ['date,temp,wind', ...days.map((day, row) => `${day},${temperatures[row]},${winds[row]}`)].join('\n');
  const data = { inputs: ['temp', 'wind'], targets: ['temp'], time: 'date', length: 6, horizon: 2, validation: 0.3 };
  const training = 28;

  it('are those of the net computed by hand, in the unit of the column', () => {
    const { training: trained, rows } = predicted(table, data);
    assert.deepEqual(Object.keys(rows[0] ?? {}), ['row', 'date', 'temp', 'temp predicted', 'temp persistence']);
    assert.equal(rows.length, 12);
    const columns = [temperatures, winds];
    const [shift, scale] = [
      columns.map((of) => mean(of.slice(0, training))),
      columns.map((of) => deviation(of.slice(0, training))),
    ];
    const scaled = (row: number): readonly number[] =>
      columns.map((of, k) => Math.fround(((of[row] ?? NaN) - (shift[k] ?? NaN)) / (scale[k] ?? NaN)));
    for (const [index, row] of rows.entries()) {
      const at = training + index;
      assert.equal(row['row'], String(at + 2), 'the line in the file, after the header');
      assert.equal(row['date'], days[at]);
      assert.equal(Number(row['temp']), temperatures[at]);
      assert.equal(Number(row['temp persistence']), temperatures[at - 2]);
      // Windows of six rows predict with their last three steps: of each three targets, the first was read after four rows.
      const read = 4 + (index % 3);
      const inputs = Array.from({ length: read }, (_, step) => scaled(at - 2 - read + 1 + step));
      const [output = NaN] = elman(trained, inputs);
      close(Number(row['temp predicted']), output * (scale[0] ?? NaN) + (shift[0] ?? NaN), days[at] ?? '');
    }
  });

  it('have the errors that the rows of the CSV file give, as the held-out loss', () => {
    const { training: trained, predictions, rows } = predicted(table, data);
    const differences = (name: string) => rows.map((row) => Number(row[name]) - Number(row['temp']));
    const errors = predictionErrors(predictions, 0, trained.setup.source.scaling);
    assert.ok(errors.kind === 'values');
    const root = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => value ** 2)));
    close(errors.rmse, root(differences('temp predicted')), 'RMSE');
    close(errors.mae, mean(differences('temp predicted').map(Math.abs)), 'mean absolute error');
    close(errors.persistence, root(differences('temp persistence')), 'persistence');
    assert.equal(errors.count, 12);
    const { learner, source } = trained.setup;
    close(
      (errors.rmse / errors.scaling.scale) ** 2,
      learner.evaluate(source.validation())?.loss ?? NaN,
      'held-out loss',
    );
    const baseline = source.baselines.find(({ answer, heldOut }) => answer === 'persistence' && heldOut);
    close((errors.persistence / errors.scaling.scale) ** 2, baseline?.value ?? NaN, 'baseline');
  });

  it('have errors without σ or range where the training part is constant', () => {
    const constant = ['y', ...Array.from({ length: 40 }, (_, row) => (row < 32 ? '14.62' : '15'))].join('\n');
    for (const normalize of ['standard', 'minmax']) {
      const { training: trained, predictions } = predicted(constant, { inputs: ['y'], length: 4, normalize });
      const errors = predictionErrors(predictions, 0, trained.setup.source.scaling);
      assert.match(
        formatPredictionErrors(errors, '"y"'),
        /^RMSE [\d.]+ and mean absolute error [\d.]+ over 8 held-out rows/,
      );
    }
  });

  it('are undone from every kind of scaling', () => {
    for (const normalize of ['standard', 'minmax', 'none']) {
      const { rows, predictions } = predicted(table, { ...data, targets: ['wind', 'temp'], normalize });
      assert.deepEqual(
        rows.map((row) => [Number(row['wind']), Number(row['temp'])]),
        temperatures.slice(training).map((temperature, index) => [winds[training + index], temperature]),
      );
      assert.ok(predictions.predicted.every((column) => column.subarray(predictions.lead).every(Number.isFinite)));
    }
  });

  it('begin after training rows that the net only reads', () => {
    const { predictions } = predicted(table, data);
    assert.equal(predictions.lead, 5, 'three steps of warm-up and the horizon');
    assert.deepEqual(Array.from(predictions.table.lines.subarray(0, 3)), [25, 26, 27]);
    assert.ok(predictions.predicted[0]?.subarray(0, 5).every(Number.isNaN));
    assert.ok(predictions.isEarly.every((early) => early === 0));
  });

  it('are there where the true value is missing, which stays missing', () => {
    const withGap = table.replace(`${days[33]},${temperatures[33]}`, `${days[33]},NA`);
    const { rows, predictions, training: trained } = predicted(withGap, { ...data, gaps: 'mask' });
    const gap = rows.find((row) => row['date'] === days[33]);
    assert.equal(gap?.['temp'], '');
    assert.notEqual(gap?.['temp predicted'], '');
    const after = rows.find((row) => row['date'] === days[35]);
    assert.equal(after?.['temp persistence'], String(temperatures[32]), 'the last known value before the gap');
    const filled = predicted(withGap, { ...data, gaps: 'interpolate' });
    assert.equal(filled.rows.find((row) => row['date'] === days[33])?.['temp'], '', 'not the interpolated value');
    assert.equal(predictionErrors(predictions, 0, trained.setup.source.scaling).count, 11);
    const skipped = predicted(withGap, { ...data, gaps: 'skip' });
    assert.equal(skipped.rows.find((row) => row['date'] === days[33])?.['temp predicted'], '');
  });

  it('follow the times of the file, however they are written and sorted', () => {
    const reversed = [
      'sep=;',
      'date;temp;wind',
      ...days
        .map(
          (day, row) =>
            `${day.split('-').reverse().join('.')};${String(temperatures[row]).replace('.', ',')};${winds[row]}`,
        )
        .toReversed(),
      ';;',
      '',
    ].join('\r\n');
    const [one, other] = [predicted(table, data), predicted(reversed, { ...data, decimal: ',' })];
    assert.deepEqual(
      other.rows.map((row) => [row['temp'], row['temp predicted']]),
      one.rows.map((row) => [row['temp'], row['temp predicted']]),
    );
    assert.deepEqual([other.rows[0]?.['date'], other.rows[0]?.['row']], ['29.01.2024', '14']);
  });

  describe('of several sequences', () => {
    const lengths = [9, 8, 7, 9, 12, 9, 8, 9, 9, 5];
    const lines = lengths.flatMap((length, sequence) =>
      Array.from({ length }, (_, step) => `=s${sequence},${sequence + step / 4},${step % 3 === 0 ? 'rise' : 'fall'}`),
    );
    const several = ['id,value,move', ...lines].join('\n');
    const sequence = { inputs: ['value'], sequence: 'id', length: 4, validation: 0.2 };

    it('are those of the held-out sequences, whose first rows are early or have none', () => {
      const { rows, predictions } = predicted(several, sequence);
      assert.deepEqual(
        rows.map((row) => row['id']),
        [...Array<string>(12).fill("'=s4"), ...Array<string>(5).fill("'=s9")],
        'with an apostrophe, as a spreadsheet would run the name',
      );
      const first = rows.findIndex((row) => row['id'] === "'=s9");
      assert.equal(rows[first]?.['value predicted'], '');
      assert.equal(rows[first]?.['value persistence'], '', 'the row before belongs to another sequence');
      assert.equal(rows[first + 1]?.['value persistence'], rows[first]?.['value']);
      // The first prediction of a sequence follows one row; windows read two before their other predictions.
      assert.deepEqual(Array.from(predictions.isEarly.subarray(12)), [0, 1, 1, 0, 0]);
    });

    it('of classes are names, with the share of correct ones', () => {
      const {
        rows,
        predictions,
        training: trained,
      } = predicted(several, { ...sequence, targets: ['move'], horizon: 1 });
      const scored = rows.filter((row) => row['move predicted'] !== '');
      const share = (name: string): number => mean(scored.map((row) => (row[name] === row['move'] ? 1 : 0)));
      const errors = predictionErrors(predictions, 0, trained.setup.source.scaling);
      assert.ok(errors.kind === 'classes');
      close(errors.accuracy, share('move predicted'), 'accuracy');
      close(errors.persistence, share('move persistence'), 'persistence');
      // Of the rows of the training part two of three fall.
      close(errors.mostFrequent, mean(scored.map((row) => (row['move'] === 'fall' ? 1 : 0))), 'most frequent');
      const { learner, source } = trained.setup;
      close(errors.accuracy, learner.evaluate(source.validation())?.accuracy ?? NaN, 'accuracy of the validation');
      assert.equal(scored.length, errors.count);
      assert.ok(scored.every((row) => ['rise', 'fall'].includes(row['move predicted'] ?? '')));
    });

    it('used whole have one prediction, at their last row', () => {
      const { rows } = predicted(several, { ...sequence, length: undefined, targets: ['move'], targetAt: 'last' });
      assert.deepEqual(
        rows.flatMap((row, index) => (row['move predicted'] === '' ? [] : [index])),
        [11, 16],
      );
    });
  });

  describe('as points of a picture', () => {
    const long = ['x', ...Array.from({ length: 30_000 }, (_, row) => String((row * 7919) % 1000))].join('\n');
    const { predictions, training: trained } = predicted(long, { inputs: ['x'], length: 4, validation: 0.5 }, 1);
    const points = (from: number, to?: number) =>
      predictionPoints(
        predictions,
        { update: 0, column: 0, from, to },
        { targets: ['x'] },
        trained.setup.source.scaling,
      );

    it('are bounded, with the lowest and the highest value of the rows of each', () => {
      const { lines, rows, rowsPerPoint, truth, predicted: own } = points(0);
      assert.ok(lines.length <= 2000);
      assert.equal(rowsPerPoint, Math.ceil(rows / 2000));
      for (const [range, values] of [
        [truth, predictions.table.targets[0]],
        [own, predictions.predicted[0]],
      ] as const) {
        for (const point of [1, 700, lines.length - 1]) {
          const merged = Array.from(values?.subarray(point * rowsPerPoint, (point + 1) * rowsPerPoint) ?? []);
          assert.equal(range.least[point], Math.min(...merged));
          assert.equal(range.most[point], Math.max(...merged));
        }
      }
    });

    it('of a shorter range are the rows themselves', () => {
      const { from, to, rowsPerPoint, truth, lines } = points(400, 500);
      assert.deepEqual([from, to, rowsPerPoint], [400, 500, 1]);
      assert.deepEqual(truth.least, predictions.table.targets[0]?.subarray(400, 500));
      assert.deepEqual(truth.most, truth.least);
      assert.equal(lines[0], predictions.table.lines[400]);
    });

    it('are there for a range beyond the end', () => {
      const { from, to } = points(1e9, 2e9);
      assert.deepEqual([from, to], [predictions.table.lines.length - 1, predictions.table.lines.length]);
    });
  });
});

describe('The predictions of a replayed update', () => {
  const text = ['x', ...Array.from({ length: 900 }, (_, row) => String((row * 7919) % 97))].join('\n');
  const files = bytes(text);
  const replayed = () => {
    const training = exampleTraining(
      {
        data: { csv: 'table.csv', inputs: ['x'], length: 4, validation: 0.5 },
        model: { cell: 'gru', hidden: 3 },
        training: { steps: 9, batch: 4 },
      },
      files,
    );
    const advance = training.advance(() => true);
    assert.ok(advance.kind === 'updated' && advance.captured !== undefined);
    // The learner is beyond the captured update.
    training.advance();
    return { training, captured: advance.captured, reader: new PredictionReader(training.setup, files) };
  };
  const weights = ({ setup }: Training): string =>
    JSON.stringify([...setup.learner.parameters.values()].map(({ values }) => Array.from(values)));
  const calm = (): Promise<void> => Promise.resolve();

  it('are those of its own weights, and leave those of the replay as they are', async () => {
    const { training, captured, reader } = replayed();
    const before = weights(training);
    const points = await reader.points(captured, { update: 0, column: 0, from: 0 }, calm);
    assert.equal(weights(training), before);
    assert.ok(points.kind === 'predictions' && points.errors.kind === 'values');
    const loss = withEarlierParameters(training.setup.learner, captured.capture, () =>
      training.setup.learner.evaluate(training.setup.source.validation()),
    )?.loss;
    close((points.errors.rmse / points.errors.scaling.scale) ** 2, loss ?? NaN, 'held-out loss before the update');
  });

  it('continue where another request interrupted them, which finds the weights of the replay', async () => {
    const { training, captured, reader } = replayed();
    const before = weights(training);
    let pauses = 0;
    const impatient = (): Promise<void> => {
      assert.equal(weights(training), before);
      pauses += 1;
      return pauses <= 2 ? Promise.reject(new Error('interrupted')) : Promise.resolve();
    };
    const request = { update: 0, column: 0, from: 0 };
    await assert.rejects(reader.points(captured, request, impatient), /interrupted/);
    await assert.rejects(reader.points(captured, request, impatient), /interrupted/);
    const whole = replayed();
    assert.deepEqual(
      await reader.points(captured, request, impatient),
      await whole.reader.points(whole.captured, request, calm),
    );
  });

  it('are saved in parts, whatever update is shown meanwhile', async () => {
    const { captured, reader } = replayed();
    const first = await reader.rows(captured, { update: 0, from: 0 }, calm);
    assert.equal(first.text.split('\n').length, 1 + first.rows + 1);
    const shown = await reader.points(captured, { update: 0, column: 0, from: 0 }, calm);
    assert.ok(shown.kind === 'predictions');
    const rest = await reader.rows(captured, { update: 0, from: 440 }, calm);
    assert.equal(rest.text, first.text.split('\n').slice(441).join('\n'));
    assert.equal(rest.next, undefined);
  });
});

describe('A table without held-out rows', () => {
  it('has a reason why nothing is predicted', () => {
    const files = bytes('x\n1\n2\n3\n4\n5\n6\n7\n8\n');
    const nothing = exampleTraining(
      { data: { csv: 'table.csv', inputs: ['x'], length: 2, validation: 0 }, training: { steps: 1, batch: 1 } },
      files,
    );
    const reasons = [openHeldOut(nothing.setup, files), openHeldOut(exampleTraining().setup, new Map())];
    assert.ok(reasons.every((reason) => typeof reason === 'string'));
    assert.match(reasons[0] ?? '', /No row is held out/);
    assert.match(reasons[1] ?? '', /Only a table/);
  });
});
