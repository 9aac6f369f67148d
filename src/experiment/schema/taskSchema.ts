import * as z from 'zod';
import { choice, describe, objectAdvice, orDefault, number, integer } from './fields';
import { formatExact } from '../../text/numbers';

const maxSteps = 1_000_000;

const pairOfLengths = (from: number): z.ZodTuple<[z.ZodInt, z.ZodInt], null> => {
  const error = `write [shortest, longest], two whole numbers from ${from} to ${formatExact(maxSteps)}`;
  const end = z.int({ error }).min(from, { error }).max(maxSteps, { error });
  return z.tuple([end, end], { error });
};

function lengths(
  from: number,
  defaultValue: number,
): z.ZodUnion<readonly [z.ZodInt, z.ZodTuple<[z.ZodInt, z.ZodInt], null>]> {
  const upTo = formatExact(maxSteps);
  const error = orDefault(`a whole number of steps from ${from} to ${upTo}, or [shortest, longest]`, defaultValue);
  return z.union([z.int({ error }).min(from, { error }).max(maxSteps, { error }), pairOfLengths(from)] as const, {
    error,
  });
}

function lengthKeys(from: number, defaultValue: number) {
  const length = {
    title: 'Steps per sequence',
    text: 'A whole number, or `[shortest, longest]`: every batch has a random length in this range.',
  };
  const held = {
    title: 'Validation at a different length',
    text: '`{ "length": … }`: the held-out sequences are this long.',
  };
  return {
    length: lengths(from, defaultValue).default(defaultValue).meta(describe(length, defaultValue)),
    validation: z
      .strictObject(
        {
          length: lengths(from, defaultValue).meta(
            describe({ title: 'Steps per held-out sequence', text: length.text }),
          ),
        },
        { error: 'write { "length": … }, or delete the key to validate at the length of the training sequences' },
      )
      .optional()
      .meta(describe(held)),
  };
}

const task = <const Name extends string>(name: Name, text: string) =>
  z.literal(name).meta(describe({ title: `Task: ${name}`, text }));

const adding = z.strictObject({
  task: task(
    'adding',
    'Adding problem (Hochreiter & Schmidhuber 1997): two of a sequence of values U(0,1) are marked, one in each half; the target at the last step is their sum. Predicting a constant gives a mean squared error of exactly 1/6.',
  ),
  ...lengthKeys(2, 50),
});

const copy = z.strictObject({
  task: task(
    'copy',
    'Copying memory (Arjovsky, Shah & Bengio 2016): a few symbols, a long delay, a go signal, and then the same symbols in order. Without memory the loss stays at recall·ln(symbols)/T, T = delay + 2·recall.',
  ),
  symbols: integer({ title: 'Symbols', text: 'Number of different symbols.' }, 2, 1000, 8),
  recall: integer(
    { title: 'Symbols to recall', text: 'Number of symbols that are shown, and are the targets at the end.' },
    1,
    10_000,
    10,
  ),
  delay: integer(
    { title: 'Delay', text: 'Number of steps between the last symbol shown and the first one to recall.' },
    1,
    maxSteps,
    50,
  ),
});

const temporalOrder = z.strictObject({
  task: task(
    'temporalOrder',
    'Temporal order (Pascanu, Mikolov & Bengio 2013): two symbols, each A or B, appear among distractors; the target at the last step is their order (AA, AB, BA or BB).',
  ),
  ...lengthKeys(10, 50),
  positions: choice(
    { title: 'Positions of the symbols', text: 'Between which steps of a sequence of T steps the two symbols appear.' },
    {
      paper: 'In [T/10, 2T/10] and [4T/10, 5T/10], as the paper says.',
      code: 'In [T/10, 2T/10) and [5T/10, 6T/10), as in the code that its authors published.',
    },
    'paper',
  ),
});

const parity = z.strictObject({
  task: task(
    'parity',
    'Parity of a string of bits (Delétang et al. 2023), the target at the last step: the net must track a state, not remember a symbol.',
  ),
  ...lengthKeys(1, 20),
});

const maxLag = maxSteps - 1;
const echoLags =
  'write two different whole numbers from 1, the shorter first, or delete the key for the default, [3,8]';
const lagOfEcho = z.int({ error: echoLags }).min(1, { error: echoLags }).max(maxLag, { error: echoLags });

const echo = z.strictObject({
  task: task(
    'echo',
    'Two-lag echo: random bits in, and at every step a bit whose probability of being 1 is ½ + ½·x[t−3] − ¼·x[t−8]. The loss shows which lags the net has learned: 0.6616 none, 0.5192 the first, 0.4545 both (nats).',
  ),
  lags: z
    .tuple([lagOfEcho, lagOfEcho], { error: echoLags })
    .default([3, 8])
    .meta(describe({ title: 'Lags', text: 'The two distances that the target depends on, in steps.' }, [3, 8])),
  ...lengthKeys(2, 50),
});

const reber = z.strictObject({
  task: task(
    'reber',
    'Embedded Reber grammar (Hochreiter & Schmidhuber 1997): the next symbol of strings of a small grammar whose last symbol but one repeats the second. Solved = the most probable symbols are the allowed ones at every step.',
  ),
});

const delay = z.strictObject({
  task: task(
    'delay',
    'Short-term memory (Jaeger 2001): repeat the input `lag` steps later. Predicting a constant gives a mean squared error of 1/12.',
  ),
  lag: integer(
    { title: 'Lag', text: 'Number of steps from an input to the step at which it is the target.' },
    1,
    maxLag,
    10,
  ),
  ...lengthKeys(2, 50),
});

const sine = z.strictObject({
  task: task('sine', 'The next value of a noisy sine of random phase.'),
  period: number(
    { title: 'Period', text: 'Number of steps per oscillation.' },
    { from: 2, above: true, to: maxSteps },
    20,
  ),
  noise: number(
    { title: 'Noise', text: 'Standard deviation of the normal noise on every value; the sine itself has amplitude 1.' },
    { from: 0, to: 1000 },
    0.1,
  ),
  ...lengthKeys(1, 50),
});

const tasks = ['adding', 'copy', 'temporalOrder', 'parity', 'echo', 'reber', 'delay', 'sine'];

/** A generated task, discriminated by its name. */
export const taskSchema = z.discriminatedUnion(
  'task',
  [adding, copy, temporalOrder, parity, echo, reber, delay, sine],
  {
    error: objectAdvice('{ "task": "adding" }', tasks),
  },
);

/** The name of a generated task. */
export type TaskName = z.infer<typeof taskSchema>['task'];
