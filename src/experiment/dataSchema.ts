import * as z from 'zod';
import { boolean, choice, describe, requiredText, number, integer } from './fields';
import { taskSchema } from './taskSchema';

const maxSteps = 1_000_000;

const windowLength = (what: string, defaultValue: number) =>
  integer({ title: 'Steps per window', text: `Number of ${what} in one window, T.` }, 1, maxSteps, defaultValue);

const heldOut = (what: string, measured: string, defaultValue: number) =>
  number(
    {
      title: 'Held-out part',
      text: `Fraction of the ${what}, at the end, that is held out for validation; 0 holds nothing out. ${measured}`,
    },
    { from: 0, to: 0.9 },
    defaultValue,
  );

const textData = z.strictObject({
  text: requiredText(
    {
      title: 'Text file',
      text: 'Path of a UTF-8 text file, relative to this file. The net predicts the next character; the vocabulary is its distinct characters.',
    },
    'the path of a text file, relative to this file,',
  ),
  length: windowLength('characters', 64),
  order: choice(
    { title: 'Order', text: 'Where the windows of a batch start.' },
    {
      contiguous:
        'The sequences of a batch start evenly spaced in the text, and the hidden state is carried over from window to window.',
      random: 'Every window starts at a random position with a zero state.',
    },
    'contiguous',
  ),
  validation: heldOut('characters', 'At most the first 10,000 held-out characters are predicted.', 0.1),
});

const columnsAdvice = (or: string) => `write a list of column names, each once, such as ["temperature"]${or}`;

function columns(error: string): z.ZodArray<z.ZodString> {
  return z
    .array(z.string({ error }).min(1, { error }), { error })
    .min(1, { error })
    .refine((names) => new Set(names).size === names.length, { error });
}

const missingAdvice = 'write a list of texts and numbers, such as ["-", -9999]';

const csvData = z.strictObject({
  csv: requiredText(
    { title: 'CSV file', text: 'Path of a CSV file, relative to this file.' },
    'the path of a CSV file, relative to this file,',
  ),
  inputs: columns(columnsAdvice('')).meta(
    describe({ title: 'Input columns', text: 'Numeric columns that are the input x_t at every step.' }),
  ),
  targets: columns(columnsAdvice(', or delete the key to predict the inputs themselves'))
    .optional()
    .meta(describe({ title: 'Target columns', text: 'Numeric columns to predict. Default: the inputs.' })),
  horizon: integer({ title: 'Horizon', text: 'Number of rows from an input to its target.' }, 1, maxSteps, 1),
  length: windowLength('rows', 50),
  delimiter: choice(
    { title: 'Delimiter', text: 'The character between the cells of a row.' },
    {
      auto: 'The one that gives the first row and the 50 rows after it the same number of cells.',
      ',': 'Comma.',
      ';': 'Semicolon.',
      '\t': 'Tab.',
      '|': 'Vertical bar.',
      ' ': 'Any number of blanks.',
    },
    'auto',
  ),
  decimal: choice(
    { title: 'Decimal separator', text: 'The character before the decimals of a number.' },
    { '.': 'Decimal point.', ',': 'Decimal comma.' },
    '.',
  ),
  header: boolean(
    {
      title: 'Header',
      text: 'Whether the first row has the names of the columns. Without a header the columns are `"1"`, `"2"`, …',
    },
    true,
  ),
  missing: z
    .array(z.union([z.string(), z.number()], { error: missingAdvice }), { error: missingAdvice })
    .default([])
    .meta(
      describe(
        {
          title: 'Missing values',
          text: 'Texts and numbers that stand for a missing value, such as `["-", -9999]`. An empty cell, `NA`, `NaN`, `nan`, `null` and `?` always do.',
        },
        [],
      ),
    ),
  gaps: choice(
    { title: 'Gaps', text: 'What happens with missing values in the columns that are used.' },
    {
      refuse: 'Training does not start.',
      skip: 'No window contains a gap.',
      mask: 'A target without a value has no loss. An input without a value keeps the last one; for every input column a second input is 1 where its value is missing.',
      interpolate: 'Missing values are filled in on a straight line between the values before and after them.',
    },
    'refuse',
  ),
  normalize: choice(
    {
      title: 'Normalization',
      text: 'How every column is rescaled, with statistics of the training part only. Losses are reported in the rescaled unit.',
    },
    {
      standard: 'Mean 0 and standard deviation 1.',
      minmax: 'The training part spans 0 to 1.',
      none: 'The numbers as they are in the file.',
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
      .meta(describe({ title: 'Inputs', text: 'x_t for every step: rows of numbers, all of the same width.' })),
    targets: z
      .array(target, { error: 'write a list with one entry for each step' })
      .min(1, { error: 'write one entry for each step' })
      .meta(
        describe({
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
      ...describe({
        title: 'Inline sequences',
        text: 'Sequences with the same number of steps. The whole list, in order, is the batch.',
      }),
      defaultSnippets: [
        { label: 'one sequence', body: [{ inputs: [[0.5], [1], [-0.5]], targets: [null, null, [0.25]] }] },
      ],
    }),
});

/** The data that an experiment trains on; the key that is present determines the kind. */
export const dataSchema = z
  .union([taskSchema, textData, csvData, sequencesData], {
    error: 'write an object with exactly one of "task", "text", "csv", "sequences"',
  })
  .meta({
    ...describe({ title: 'Data', text: 'The training data: exactly one of `task`, `text`, `csv` and `sequences`.' }),
    defaultSnippets: [
      { label: 'task', description: 'A generated task', body: { task: '${1:adding}', length: '^${2:50}' } },
      { label: 'text', description: 'Next-character prediction', body: { text: '${1:file.txt}' } },
      { label: 'csv', description: 'A table of numbers', body: { csv: '${1:file.csv}', inputs: ['${2:column}'] } },
    ],
  });
