import type { NetRow } from '../../net/rows';
import type { View } from '../../store/model';

/**
 * The limits of the colours of a net's nodes: they only grow while other updates are selected, so that these can be
 * compared.
 *
 * @returns the same object where none has grown
 */
export function grownLimits(limits: View['netLimits'], rows: readonly NetRow[]): View['netLimits'] {
  const grown = rows.filter(({ symbol, limit }) => limit > (limits[symbol] ?? -1));
  if (grown.length === 0) return limits;
  return { ...limits, ...Object.fromEntries(grown.map(({ symbol, limit }) => [symbol, limit])) };
}
