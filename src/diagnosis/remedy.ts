import * as z from 'zod/mini';
import type { Change } from '../experiment/problems/fix';
import { roundToDigits } from '../text/numbers';

const keyPath = z.array(z.string().check(z.maxLength(64))).check(z.minLength(1), z.maxLength(8));
const scalar = z.union([z.string().check(z.maxLength(200)), z.number(), z.boolean(), z.null()]);

const changeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('set'),
    keyPath,
    value: z.union([scalar, z.record(z.string().check(z.maxLength(64)), scalar)]),
  }),
  z.object({ kind: z.literal('remove'), keyPath }),
]);

/** Changes of keys of the experiment that are made together and may solve the problem of a finding. */
export const remedySchema = z.array(changeSchema).check(z.minLength(1), z.maxLength(4));

/** See remedySchema. */
export type Remedy = readonly (Extract<Change, { kind: 'set' | 'remove' }> & z.infer<typeof changeSchema>)[];

type ChangeOfKey = Remedy[number];

/** The change that gives a key a value; a file in which the key is not written gets it. */
export function setKey(path: readonly string[], value: Extract<ChangeOfKey, { kind: 'set' }>['value']): ChangeOfKey {
  return { kind: 'set', keyPath: [...path], value };
}

/** The change that removes a key, where it is written, so that it has its default. */
export function removeKey(path: readonly string[]): ChangeOfKey {
  return { kind: 'remove', keyPath: [...path] };
}

/** The ratio ‖Δw‖/‖w‖ at which an update is a thousandth of the weights (CS231n). */
const aimedRatio = 1e-3;

/** The least and the largest factor by which a rate is changed at once. */
const [leastFactor, largestFactor] = [3, 1e4];

/**
 * A learning rate below a rate that is too high: the one with which the measured ‖Δw‖/‖w‖ would be 1e-3, for it is about
 * proportional to the rate; at most a tenth of the rate.
 *
 * @param ratio NaN if it was not measured
 */
export function lowerRate(rate: number, ratio = NaN): number {
  const factor = ratio > 0 ? aimedRatio / ratio : 0.1;
  return roundToDigits(rate * Math.max(1 / largestFactor, Math.min(0.1, factor)), 1);
}

/** A learning rate above a rate that is too low, as `lowerRate`; at least three times the rate. */
export function higherRate(rate: number, ratio: number): number {
  const factor = ratio > 0 ? aimedRatio / ratio : largestFactor;
  return roundToDigits(rate * Math.min(largestFactor, Math.max(leastFactor, factor)), 1);
}
