import { formatFixed, formatNumber, formatPercentage } from './numbers';
import { english, translate } from './translate';

/** A loss that is known without training. */
export interface KnownLoss {
  readonly name: string;
  readonly value: number;
  /** Whether it was measured on held-out data; then its name ends in ", held out". */
  readonly heldOut?: boolean | undefined;
}

const heldOutEnding = english`, held out`;

/** The losses of a run that are compared with its baselines. */
export interface ComparedLosses {
  readonly training: number;
  /** Undefined without held-out data, or before it was measured. */
  readonly validation: number | undefined;
}

/**
 * One sentence that compares a run with each of its baselines: its validation loss, if there is one, with those on
 * held-out data, and with the others that have no counterpart there. Undefined if there are none.
 */
export function baselineSummary(
  { training, validation }: ComparedLosses,
  baselines: readonly KnownLoss[],
): string | undefined {
  const isHeldOut = validation !== undefined;
  const compared = baselines.filter(({ name, heldOut }) =>
    isHeldOut
      ? heldOut === true || !baselines.some((other) => other.name === `${name}${heldOutEnding}`)
      : heldOut !== true,
  );
  const isMixed = compared.some(({ heldOut }) => heldOut === true);
  const clauses = compared.map((baseline) =>
    comparisonWith(
      validation ?? training,
      baseline,
      isMixed && baseline.heldOut !== true ? translate`, in training` : '',
    ),
  );
  if (clauses.length === 0 || !Number.isFinite(validation ?? training)) return undefined;
  const [last = '', ...before] = clauses.reverse();
  const list = before.length === 0 ? last : translate`${before.reverse().join(', ')} and ${last}`;
  return translate`${isHeldOut ? translate`On held-out data` : translate`In training`} the loss is ${list}.`;
}

/** Relative difference below which two losses count as the same. */
const sameShare = 0.005;

/** How a loss compares with a baseline: 12 % below “persistence” (0.140). */
function comparisonWith(loss: number, { name, value }: KnownLoss, where: string): string {
  const short = name.endsWith(heldOutEnding) ? name.slice(0, -heldOutEnding.length) : name;
  const of = `“${short}” (${formatNumber(value)}${where})`;
  const ratio = loss / value;
  if (loss === value || Math.abs(ratio - 1) < sameShare) return translate`as high as ${of}`;
  if (!Number.isFinite(ratio)) return translate`above ${of}`;
  if (ratio < 0.01) return translate`more than 99 % below ${of}`;
  if (ratio < 1) return translate`${formatPercentage(1 - ratio)} below ${of}`;
  return ratio < 2
    ? translate`${formatPercentage(ratio - 1)} above ${of}`
    : translate`${formatTimes(ratio)} times ${of}`;
}

function formatTimes(ratio: number): string {
  return ratio < 10 ? formatFixed(ratio, 1) : formatNumber(ratio);
}
