import assert from 'node:assert/strict';
import type { RunInfo } from '../../../src/protocol/run';
import { runInfoSchema } from '../../../src/run/runInfo';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { exampleTraining } from './exampleTraining';

/** What is read of the facts of a run on a table with these columns, after they were stored. */
function stored(columns: readonly (readonly number[])[], normalize = 'standard'): RunInfo {
  const names = columns.map((_, index) => `c${index}`);
  const rows = Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => columns.map((column) => column[row]).join());
  const { setup } = exampleTraining(
    {
      data: { csv: 'table.csv', inputs: names, length: 2, validation: 0.2, normalize },
      model: { cell: 'rnn', hidden: 1 },
      training: { steps: 1, batch: 1 },
    },
    new Map([['table.csv', new TextEncoder().encode([names.join(), ...rows].join('\n'))]]),
  );
  return runInfoSchema.parse(JSON.parse(JSON.stringify(runInfoOf(setup, undefined, undefined, 1))));
}

describe('The scaling that is stored with a run', () => {
  // Eight training rows: 2 4 4 4 5 5 7 9 have mean 5 and standard deviation 2.
  const column = [2, 4, 4, 4, 5, 5, 7, 9, 100, -100];

  it('is the mean and the standard deviation, or the range, of the training part', () => {
    const constant = column.map(() => 7);
    assert.deepEqual(stored([column, constant]).scaling, {
      kind: 'standard',
      inputs: [
        { shift: 5, scale: 2 },
        { shift: 7, scale: 1 },
      ],
      targets: [
        { shift: 5, scale: 2 },
        { shift: 7, scale: 1 },
      ],
    });
    assert.deepEqual(stored([column], 'minmax').scaling?.targets, [{ shift: 2, scale: 7 }]);
    assert.deepEqual(stored([column], 'none').scaling?.targets, [{ shift: 0, scale: 1 }]);
  });

  it('is left out for thousands of columns, with which a manifest would be too large to be read', () => {
    const wide = Array.from({ length: 5000 }, () => column);
    assert.equal(stored(wide).scaling, null);
  });

  it('is null for other data', () => {
    assert.equal(runInfoOf(exampleTraining().setup, undefined, undefined, 1).scaling, null);
  });
});
