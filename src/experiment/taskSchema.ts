import * as z from 'zod';
import { described, namedObject, orDelete, real, whole } from './fields';
import { formatExact } from '../text/numbers';

const LONGEST = 1_000_000;

const pairOfLengths = (from: number): z.ZodTuple<[z.ZodInt, z.ZodInt], null> => {
  const error = `write [shortest, longest], two whole numbers from ${from} to ${formatExact(LONGEST)}`;
  const end = z.int({ error }).min(from, { error }).max(LONGEST, { error });
  return z.tuple([end, end], { error });
};

function lengths(
  from: number,
  standard: number,
): z.ZodUnion<readonly [z.ZodInt, z.ZodTuple<[z.ZodInt, z.ZodInt], null>]> {
  const upTo = formatExact(LONGEST);
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
export const taskSchema = z.discriminatedUnion(
  'task',
  [adding, copy, temporalOrder, parity, echo, reber, delay, sine],
  {
    error: namedObject('{ "task": "adding" }', tasks),
  },
);
