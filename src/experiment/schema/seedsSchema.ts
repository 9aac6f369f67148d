import * as z from 'zod';
import { formatExact } from '../../text/numbers';
import { describe, requiredInteger } from './fields';
import { maxSeed, maxSeeds } from './seedLimits';

const limits = `a whole number from 0 to ${formatExact(maxSeed)}`;
const advice = `write a list of 1 to ${maxSeeds} seeds, such as [1, 2, 3], or delete the key`;

/** The seeds of an experiment that is trained several times; without it there is one, `seed`. */
export const seedsSchema = z
  .array(requiredInteger({ title: 'Seed', text: `The seed of one run: ${limits}, each once.` }, 0, maxSeed), {
    error: advice,
  })
  .min(1, { error: advice })
  .max(maxSeeds, {
    error: ({ input }) => `it has ${formatExact((input as readonly unknown[]).length)} seeds; ${advice}`,
  })
  .check(({ value, issues }) => {
    value.forEach((seed, index) => {
      const first = value.indexOf(seed);
      if (first === index) return;
      const message = `the same seed is at [${first}], and would give the same run bit for bit; write each seed once`;
      issues.push({ code: 'custom', path: [index], input: seed, message });
    });
  })
  .optional()
  .meta({
    ...describe({
      title: 'Seeds',
      text: `Trains a run with each of these seeds, in place of \`seed\`: 1 to ${maxSeeds} different whole numbers. The comparison shows their median and range. Use them before you trust a small difference.`,
    }),
    uniqueItems: true,
    defaultSnippets: [{ label: '[1, 2, 3]', body: [1, 2, 3] }],
  });
