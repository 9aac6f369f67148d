import * as z from 'zod';
import { heldOut, maxSteps } from './dataFields';
import { boolean, choice, describe, requiredText } from './fields';
import { formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';

const columnsAdvice = (or: string) => `write a list of column names, each once, such as ["temperature"]${or}`;

function columns(error: string): z.ZodArray<z.ZodString> {
  return z
    .array(z.string({ error }).min(1, { error }), { error })
    .min(1, { error })
    .refine((names) => new Set(names).size === names.length, {
      error: ({ input }) => `${repeatedName(input)}${error}`,
    });
}

/** Names the first column that is listed twice: "it names "a" twice; ". */
function repeatedName(names: unknown): string {
  const repeated = Array.isArray(names)
    ? (names as unknown[]).find((name, index, all) => all.indexOf(name) < index)
    : undefined;
  return typeof repeated === 'string' ? `it names ${quote(repeated)} twice; ` : '';
}

const horizonAdvice = `write a whole number from 0 to ${formatExact(maxSteps)}, or delete the key`;
const lengthAdvice = `write a whole number from 1 to ${formatExact(maxSteps)}, or delete the key`;

const missingAdvice = 'write a list of texts and numbers, such as ["-", -9999]';

/** Columns of a CSV file. */
export const csvSchema = z.strictObject({
  csv: requiredText(
    { title: 'CSV file', text: 'Path of a CSV file, relative to this file.' },
    'the path of a CSV file, relative to this file,',
  ),
  inputs: columns(columnsAdvice('')).meta(
    describe({ title: 'Input columns', text: 'Numeric columns that are the input x_t at every step.' }),
  ),
  targets: columns(columnsAdvice(', or delete the key to predict the inputs themselves'))
    .optional()
    .meta(
      describe({
        title: 'Target columns',
        text: 'Numeric columns to predict, or one column of classes. Default: the inputs.',
      }),
    ),
  classes: z
    .boolean({ error: 'write true or false, or delete the key' })
    .optional()
    .meta(
      describe({
        title: 'Classes',
        text: 'Whether the target column holds classes, which are predicted with cross-entropy. Default: true for a column of texts, false for one of numbers.',
      }),
    ),
  targetAt: choice(
    { title: 'Steps with a target', text: 'Which steps of a window, or of a sequence, have a target.' },
    {
      every: 'Every step.',
      last: 'The last step only. With `sequence`, every sequence is used whole and its target is that of its last row.',
    },
    'every',
  ),
  horizon: z
    .int({ error: horizonAdvice })
    .min(0, { error: horizonAdvice })
    .max(maxSteps, { error: horizonAdvice })
    .optional()
    .meta(
      describe({
        title: 'Horizon',
        text: 'Number of rows from an input to its target; 0 for a target in the same row.\n\nDefault: `1`, or `0` for the last row of a `sequence`.',
      }),
    ),
  length: z
    .int({ error: lengthAdvice })
    .min(1, { error: lengthAdvice })
    .max(maxSteps, { error: lengthAdvice })
    .optional()
    .meta(
      describe({
        title: 'Steps per window',
        text: 'Number of rows in one window, T. With `sequence`, a shorter sequence is a window of its own length.\n\nDefault: `50`; where whole sequences are used, their own length.',
      }),
    ),
  time: requiredText(
    {
      title: 'Time column',
      text: 'Column of dates or numbers. The rows are sorted by it; repeated and missing times are counted.',
    },
    'the name of a column',
  ).optional(),
  sequence: requiredText(
    {
      title: 'Sequence column',
      text: 'Column whose equal values mark the rows of one sequence. No window spans two sequences, their lengths may differ, and whole sequences are held out, spread evenly over the table.',
    },
    'the name of a column',
  ).optional(),
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
      mask: 'A row without a value of every target has no loss. An input without a value keeps the last one; for every input column a second input is 1 where its value is missing.',
      interpolate:
        'A missing input is filled in on a straight line between the values before and after it, which a net then knows before their time. A row without a value of every target has no loss.',
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
