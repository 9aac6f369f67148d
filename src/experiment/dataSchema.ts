import * as z from 'zod';
import { choice, described, filledText, real, whole } from './fields';
import { taskSchema } from './taskSchema';

const LONGEST = 1_000_000;

const windowLength = (what: string, standard: number) =>
  whole({ title: 'Steps per window', text: `How many ${what} one window holds.` }, 1, LONGEST, standard);

const heldOut = (what: string, measured: string, standard: number) =>
  real(
    {
      title: 'Held-out part',
      text: `The fraction of the ${what} held out at the end for validation; 0 holds nothing out. ${measured}`,
    },
    { from: 0, to: 0.9 },
    standard,
  );

const textData = z.strictObject({
  text: filledText(
    {
      title: 'Text file',
      text: 'Path of a UTF-8 text file, relative to this file: next-character prediction over its distinct characters.',
    },
    'the path of a text file, relative to this file,',
  ),
  length: windowLength('characters', 64),
  order: choice(
    { title: 'Order', text: 'How the windows follow one another.' },
    {
      contiguous: 'Lanes start evenly spaced and the state is carried from window to window.',
      random: 'Every window starts at a random place with zero state.',
    },
    'contiguous',
  ),
  validation: heldOut('characters', 'At most its first 10,000 characters are predicted.', 0.1),
});

const columnsAdvice = (or: string) => `write a list of column names, each once, such as ["temperature"]${or}`;

function columns(error: string): z.ZodArray<z.ZodString> {
  return z
    .array(z.string({ error }).min(1, { error }), { error })
    .min(1, { error })
    .refine((names) => new Set(names).size === names.length, { error });
}

const csvData = z.strictObject({
  csv: filledText(
    { title: 'CSV file', text: 'Path of a CSV file with a header, relative to this file.' },
    'the path of a CSV file, relative to this file,',
  ),
  inputs: columns(columnsAdvice('')).meta(
    described({ title: 'Input columns', text: 'Numeric columns the net sees at every step.' }),
  ),
  targets: columns(columnsAdvice(', or delete the key to predict the inputs themselves'))
    .optional()
    .meta(described({ title: 'Target columns', text: 'Numeric columns to predict. Default: the inputs.' })),
  horizon: whole({ title: 'Horizon', text: 'The target is the row this many rows later.' }, 1, LONGEST, 1),
  length: windowLength('rows', 50),
  normalize: choice(
    {
      title: 'Normalisation',
      text: 'How every column is rescaled, by statistics of the training part only. Losses are reported in the rescaled unit.',
    },
    {
      standard: 'Mean 0 and standard deviation 1.',
      minmax: 'The training part spans 0 to 1.',
      none: 'The numbers as they stand in the file.',
    },
    'standard',
  ),
  validation: heldOut(
    'rows',
    'Every held-out row is predicted once, after at least half a window of rows before it.',
    0.2,
  ),
});

const finite = 'write a finite number';
const inputRow = z.array(z.number({ error: finite }), { error: 'write a row of numbers, such as [0.5, -1]' }).min(1, {
  error: 'write at least one number in the row',
});
const targetError =
  'write a row of numbers (mse), a class from 0 to 65,535 (crossEntropy), or null for no loss at this step';
const target = z.union(
  [
    z.null(),
    z.int({ error: targetError }).min(0, { error: targetError }).max(65_535, { error: targetError }),
    z.array(z.number({ error: finite }), { error: targetError }).min(1, { error: targetError }),
  ],
  { error: targetError },
);

const sequence = z.strictObject(
  {
    inputs: z
      .array(inputRow, { error: 'write a list of rows, one for each step, such as [[0.5], [1]]' })
      .min(1, { error: 'write at least one row' })
      .meta(described({ title: 'Inputs', text: 'x_t for every step: rows of numbers, all of the same width.' })),
    targets: z
      .array(target, { error: 'write a list with one entry for each step' })
      .min(1, { error: 'write one entry for each step' })
      .meta(
        described({
          title: 'Targets',
          text: 'For every step a row of numbers (mse), a class index (crossEntropy) or `null` for no loss.',
        }),
      ),
  },
  { error: 'write { "inputs": [[…], …], "targets": […] }' },
);

const sequencesData = z.strictObject({
  sequences: z
    .array(sequence, { error: 'write a list of sequences' })
    .min(1, { error: 'write at least one sequence' })
    .meta({
      ...described({
        title: 'Inline sequences',
        text: 'All of the same number of steps; the batch is the whole list, in order.',
      }),
      defaultSnippets: [
        { label: 'one sequence', body: [{ inputs: [[0.5], [1], [-0.5]], targets: [null, null, [0.25]] }] },
      ],
    }),
});

/** The data an experiment trains on; the key that is present says which kind. */
export const dataSchema = z
  .union([taskSchema, textData, csvData, sequencesData], {
    error: 'write an object with exactly one of "task", "text", "csv", "sequences"',
  })
  .meta({
    ...described({ title: 'Data', text: 'What is learned: exactly one of `task`, `text`, `csv` and `sequences`.' }),
    defaultSnippets: [
      { label: 'task', description: 'A generated task', body: { task: '${1:adding}', length: '^${2:50}' } },
      { label: 'text', description: 'Next-character prediction', body: { text: '${1:file.txt}' } },
      { label: 'csv', description: 'A table of numbers', body: { csv: '${1:file.csv}', inputs: ['${2:column}'] } },
    ],
  });
