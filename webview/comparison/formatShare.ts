import { formatNumber } from '../../src/text/numbers';

/**
 * The ratio of the gradient at step 0 to that at the last step, as text.
 *
 * @param column the norm at every step; NaN where there is none
 */
export function formatShare(column: Float64Array): string {
  const first = column[0] ?? NaN;
  const last = column.findLast((value) => !Number.isNaN(value)) ?? NaN;
  if (last !== 0) return formatNumber(first / last);
  return first === 0 ? '0 at both' : `${formatNumber(first)}, and 0 at the last step`;
}
