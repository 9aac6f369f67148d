import { z } from 'zod';
import { choice, described, filledText, listed, orDelete, real, whole } from './fields';

const LONGEST = 1_000_000;

const pairOfLengths = (from: number): z.ZodTuple<[z.ZodInt, z.ZodInt], null> => {
  const error = `write [shortest, longest], two whole numbers from ${from} to ${LONGEST.toLocaleString('en-US')}`;
  const end = z.int({ error }).min(from, { error }).max(LONGEST, { error });
  return z.tuple([end, end], { error });
};

function lengths(
  from: number,
  standard: number,
): z.ZodUnion<readonly [z.ZodInt, z.ZodTuple<[z.ZodInt, z.ZodInt], null>]> {
  const upTo = LONGEST.toLocaleString('en-US');
  const error = orDelete(`a whole number of steps from ${from} to ${upTo}, or [shortest, longest]`, standard);
  return z.union([z.int({ error }).min(from, { error }).max(LONGEST, { error }), pairOfLengths(from)] as const, {
    error,
  });
}

function lengthKeys(from: number, standard: number) {
  const length = {
    title: 'Steps per sequence',
    text: 'A whole number, or `[shortest, longest]`: drawn anew for every batch.',
  };
  const held = {
    title: 'Validation at another length',
    text: '`{ "length": … }`: the held-out sequences are this long.',
  };
  return {
    length: lengths(from, standard).default(standard).meta(described(length, standard)),
    validation: z
      .strictObject(
        {
          length: lengths(from, standard).meta(described({ title: 'Steps per held-out sequence', text: length.text })),
        },
        { error: 'write { "length": … }, or delete the key to validate at the length of the training sequences' },
      )
      .optional()
      .meta(described(held)),
  };
}

const task = <const Name extends string>(name: Name, text: string) =>
  z.literal(name).meta(described({ title: `Task: ${name}`, text }));

const adding = z.strictObject({
  task: task(
    'adding',
    'Adding problem (Hochreiter & Schmidhuber 1997): of a row of values U(0,1) two are marked, one in each half; the target at the last step is their sum. Predicting a constant gives a mean squared error of exactly 1/6.',
  ),
  ...lengthKeys(2, 50),
});

const copy = z.strictObject({
  task: task(
    'copy',
    'Copying memory (Arjovsky, Shah & Bengio 2016): a few symbols, a long wait, a sign, and then the symbols again in order. Without memory the loss stays at recall·ln(symbols)/T, T = delay + 2·recall.',
  ),
  symbols: whole({ title: 'Symbols', text: 'How many different symbols there are to remember.' }, 2, 1000, 8),
  recall: whole(
    { title: 'Symbols to recall', text: 'How many symbols are shown, and asked for at the end.' },
    1,
    10_000,
    10,
  ),
  delay: whole(
    { title: 'Delay', text: 'Steps between the last symbol shown and the first one asked for.' },
    1,
    LONGEST,
    50,
  ),
});

const temporalOrder = z.strictObject({
  task: task(
    'temporalOrder',
    'Temporal order (Pascanu, Mikolov & Bengio 2013): among distractors stand two symbols, each A or B; which two came in which order (AA, AB, BA, BB) is asked at the last step.',
  ),
  ...lengthKeys(10, 50),
});

const parity = z.strictObject({
  task: task(
    'parity',
    'Parity of a string of bits (Delétang et al. 2023), asked at the last step: a state to be tracked, not a symbol to be kept.',
  ),
  ...lengthKeys(1, 20),
});

const LAG = LONGEST - 1;
const echoLags =
  'write two different whole numbers from 1, the shorter first, or delete the key for the default, [3,8]';
const lagOfEcho = z.int({ error: echoLags }).min(1, { error: echoLags }).max(LAG, { error: echoLags });

const echo = z.strictObject({
  task: task(
    'echo',
    'Two-lag echo: random bits in, and at every step a bit whose probability of being 1 is ½ + ½·x[t−3] − ¼·x[t−8]. The loss shows which lag the net has found: 0.6616 none, 0.5192 the first, 0.4545 both (nats).',
  ),
  lags: z
    .tuple([lagOfEcho, lagOfEcho], { error: echoLags })
    .default([3, 8])
    .meta(described({ title: 'Lags', text: 'The two distances that the target depends on, in steps.' }, [3, 8])),
  ...lengthKeys(2, 50),
});

const reber = z.strictObject({
  task: task(
    'reber',
    'Embedded Reber grammar (Hochreiter & Schmidhuber 1997): the next symbol of strings of a small grammar whose last symbol but one repeats the second. Solved = the most probable symbols are the legal ones everywhere.',
  ),
});

const delay = z.strictObject({
  task: task(
    'delay',
    'Short-term memory (Jaeger 2001): repeat the input `lag` steps later. Predicting a constant gives a mean squared error of 1/12.',
  ),
  lag: whole({ title: 'Lag', text: 'How many steps later the input is asked for.' }, 1, LAG, 10),
  ...lengthKeys(2, 50),
});

const sine = z.strictObject({
  task: task('sine', 'The next value of a noisy sine of random phase.'),
  period: real({ title: 'Period', text: 'Steps per oscillation.' }, { from: 2, above: true, to: LONGEST }, 20),
  noise: real(
    { title: 'Noise', text: 'Standard deviation of the normal noise on every value; the sine itself has amplitude 1.' },
    { from: 0, to: 1000 },
    0.1,
  ),
  ...lengthKeys(1, 50),
});

const tasks = ['adding', 'copy', 'temporalOrder', 'parity', 'echo', 'reber', 'delay', 'sine'];

/** A generated task, told apart by its name. */
const taskData = z.discriminatedUnion('task', [adding, copy, temporalOrder, parity, echo, reber, delay, sine], {
  error: `write one of ${listed(tasks)}`,
});

const windowLength = (what: string, standard: number) =>
  whole({ title: 'Steps per window', text: `How many ${what} one window holds.` }, 1, LONGEST, standard);

const heldOut = (what: string, standard: number) =>
  real(
    {
      title: 'Held-out part',
      text: `The fraction of the ${what} held out at the end for validation; 0 holds nothing out.`,
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
  validation: heldOut('characters', 0.1),
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
  validation: heldOut('rows', 0.2),
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
  .union([taskData, textData, csvData, sequencesData], {
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
