import { median } from 'd3-array';
import { formatExact, formatNumber } from '../../src/text/numbers';
import type { Grid } from '../plot/heatmap/raster';
import { translate } from '../../src/text/translate';

/**
 * The ratio of the gradient at step 0 to that at the last step with a gradient, over a run: its median, and its lowest
 * value with the update. A single update may be an exception, and the last one usually is: at the end, a net that has
 * learned has hardly any gradient.
 *
 * @param grid the norms of one layer over updates and time steps; NaN where there is none
 */
export function formatShare({ values, columns, width, offset, rows, stride }: Grid): string {
  const shares: number[] = [];
  let lowest: { readonly share: number; readonly update: number } | undefined;
  for (let column = 0; column < columns; column++) {
    const start = column * width + offset;
    const steps = values.subarray(start, start + rows);
    const last = steps.findLast((value) => !Number.isNaN(value)) ?? NaN;
    const share = (steps[0] ?? NaN) / last;
    if (!Number.isFinite(share)) continue;
    shares.push(share);
    if (lowest === undefined || share < lowest.share) lowest = { share, update: column * stride };
  }
  const middle = median(shares);
  if (middle === undefined || lowest === undefined) return translate`none with a gradient at the last step`;
  return translate`${formatNumber(middle)} (lowest ${formatNumber(lowest.share)} at update ${formatExact(lowest.update)})`;
}
