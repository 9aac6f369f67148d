import { integer, number } from './fields';

/** Most steps of a window. */
export const maxSteps = 1_000_000;

/** T, the number of steps of a window. */
export const windowLength = (what: string, defaultValue: number) =>
  integer({ title: 'Steps per window', text: `Number of ${what} in one window, T.` }, 1, maxSteps, defaultValue);

/** The fraction of the data that is held out. */
export const heldOut = (what: string, measured: string, defaultValue: number) =>
  number(
    {
      title: 'Held-out part',
      text: `Fraction of the ${what}, at the end, that is held out for validation; 0 holds nothing out. ${measured}`,
    },
    { from: 0, to: 0.9 },
    defaultValue,
  );
