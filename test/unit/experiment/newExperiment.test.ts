import assert from 'node:assert/strict';
import { newTasks, tableExperiment, taskExperiment, textExperiment } from '../../../src/experiment/newExperiment';
import { parseExperiment } from '../../../src/experiment/parse';
import { ExperimentChecker } from '../../../src/trainer/training/experimentCheck';

/** The experiment, and what its check says with these files. */
function checked(text: string, files: Readonly<Record<string, string>> = {}) {
  const parsed = parseExperiment(text);
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  const resolved = parsed.file.resolve();
  assert.ok(resolved.kind === 'resolved', JSON.stringify(resolved));
  const bytes = new Map(Object.entries(files).map(([name, content]) => [name, new TextEncoder().encode(content)]));
  const { problems, findings } = new ExperimentChecker(2, () => 0).check({
    ...{
      text,
      files: bytes,
      large: new Map(),
      unreadable: new Map(),
      memoryLimit: 1e9,
      workers: 1,
      reproducible: true,
    },
  });
  assert.deepEqual(problems, []);
  return { experiment: resolved.experiment, findings };
}

const rows = Array.from({ length: 200 }, (_, day) => {
  const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
  return `${date},${(10 + 5 * Math.sin(day / 9)).toFixed(2)},${day % 7},${day % 3 === 0 ? 'rain' : 'sun'}`;
});
const table = ['day,"temp, °C",wind,sky', ...rows].join('\n');

describe('A new experiment', () => {
  it('on a table has its columns, its times, and no problems', () => {
    const chosen = { csv: 'a.csv', inputs: ['temp, °C', 'wind'], time: 'day' };
    const series = checked(tableExperiment('a "b"', { ...chosen, target: 'temp, °C', isClass: false }), {
      'a.csv': table,
    });
    assert.equal(series.experiment.name, 'a "b"');
    assert.ok('csv' in series.experiment.data);
    assert.deepEqual(series.experiment.data.inputs, ['temp, °C', 'wind']);
    assert.deepEqual([series.experiment.data.targets, series.experiment.data.time], [['temp, °C'], 'day']);
    assert.deepEqual(
      series.findings.filter(({ level }) => level === 'warning'),
      [],
    );
    const classes = checked(tableExperiment('a', { ...chosen, time: undefined, target: 'sky', isClass: true }), {
      'a.csv': table,
    });
    assert.ok('csv' in classes.experiment.data && classes.experiment.data.classes);
  });

  it('on a table of sequences has one target for each of them', () => {
    const sequences = Array.from({ length: 60 }, (_, row) => {
      const id = Math.floor(row / 5);
      return `${id};${id % 3};${(row * 7) % 10},5`;
    });
    const chosen = { csv: 'a.csv', inputs: ['x'], target: 'speaker', isClass: true, time: undefined };
    const { experiment, findings } = checked(
      tableExperiment('a', { ...chosen, sequence: 'id', isTargetOfSequence: true, hasDecimalCommas: true }),
      { 'a.csv': ['id;speaker;x', ...sequences].join('\n') },
    );
    assert.ok('csv' in experiment.data);
    const { sequence, targetAt, classes, decimal } = experiment.data;
    assert.deepEqual(
      { sequence, targetAt, classes, decimal },
      { sequence: 'id', targetAt: 'last', classes: true, decimal: ',' },
    );
    assert.deepEqual(
      findings.filter(({ level }) => level === 'warning'),
      [],
    );
  });

  it('on a table with gaps masks them', () => {
    const chosen = { csv: 'a.csv', inputs: ['temp, °C'], target: 'temp, °C', isClass: false, time: undefined };
    const { experiment } = checked(tableExperiment('a', { ...chosen, hasGaps: true }), {
      'a.csv': table.replace('10.00', 'NA'),
    });
    assert.equal('csv' in experiment.data && experiment.data.gaps, 'mask');
  });

  it('on a text has no problems', () => {
    const { experiment } = checked(textExperiment('t', 't.txt'), { 't.txt': 'to be or not to be. '.repeat(100) });
    assert.ok('text' in experiment.data);
  });

  for (const task of Object.keys(newTasks) as (keyof typeof newTasks)[]) {
    it(`on the task ${task} has no problems and nothing to warn of`, () => {
      const { experiment, findings } = checked(taskExperiment(task));
      assert.ok('task' in experiment.data && experiment.data.task === task);
      assert.deepEqual(
        findings.filter(({ level }) => level === 'warning'),
        [],
      );
    });
  }
});
