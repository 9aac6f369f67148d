import * as z from 'zod';
import { csvSchema } from './csvSchema';
import { heldOut, windowLength } from './dataFields';
import { choice, describe, requiredText } from './fields';
import { taskSchema } from './taskSchema';

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
        text: 'Sequences; the whole list, in order, is the batch. Shorter ones have no loss after their last step.',
      }),
      defaultSnippets: [
        { label: 'one sequence', body: [{ inputs: [[0.5], [1], [-0.5]], targets: [null, null, [0.25]] }] },
      ],
    }),
});

/** The data that an experiment trains on; the key that is present determines the kind. */
export const dataSchema = z
  .union([taskSchema, textData, csvSchema, sequencesData], {
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
