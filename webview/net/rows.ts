import type { Inspection } from '../../src/protocol/inspection';
import { largestMagnitude } from '../plot/heatmap/signedScale';
import { translate } from '../../src/text/translate';

/** One kind of node of the net: what it holds at every step, as the course writes it. */
export interface NetRow {
  /** `x`, `h`, `c`, a gate's letter, `y` or `L`; together with the layer it names the node. */
  readonly node: string;
  /** Counted from the lowest; -1 where the node belongs to none. */
  readonly layer: number;
  readonly symbol: string;
  /** (T, units) */
  readonly values: Float64Array;
  readonly units: number;
  /** The magnitude of the strongest colour. */
  readonly limit: number;
  readonly role: 'loss' | 'output' | 'state' | 'gate' | 'input';
  /** Whether step t has such a node: a step without a target has no loss, and padding has none at all. */
  readonly isAt: (t: number) => boolean;
}

/** The rows of the picture, the loss on top and the input at the bottom; gates and c of the looked-at layer only. */
export function rowsOf(inspection: Inspection, layer: number): readonly NetRow[] {
  const { inputs, inputNames, outputs, outputNames, layers, lossKind, sequenceLoss, mask, targets, end } = inspection;
  // Steps after the end of the sequence are padding.
  const untilEnd = (t: number): boolean => t < end;
  const several = layers.length > 1;
  const isClasses = lossKind === 'crossEntropy';
  const recurrent = layers.flatMap(({ h, c, gates, hidden }, l): NetRow[] => {
    const of = several ? translate` (layer ${l})` : '';
    const common = { layer: l, units: hidden, isAt: untilEnd } as const;
    const state = (node: string, values: Float64Array, limit: number): NetRow => ({
      ...common,
      node,
      symbol: `${node}_t${of}`,
      values,
      limit,
      role: 'state',
    });
    const rows = [state('h', h, Math.max(1, largestMagnitude(h)))];
    if (l !== layer) return rows;
    if (c.length > 0) rows.push({ ...state('c', c, Math.max(1, largestMagnitude(c))), symbol: 'c_t' });
    for (const { name, values } of gates) {
      rows.push({ ...common, node: name, symbol: `${name}_t`, values, limit: 1, role: 'gate' });
    }
    return rows;
  });
  return [
    {
      node: 'L',
      layer: -1,
      symbol: 'L_t',
      values: sequenceLoss,
      units: 1,
      limit: largestMagnitude(sequenceLoss),
      role: 'loss',
      isAt: (t) => mask[t] === 1,
    },
    {
      node: 'y',
      layer: -1,
      symbol: isClasses ? 'p(ŷ_t)' : 'ŷ_t',
      values: outputs,
      units: outputNames.length,
      limit: isClasses ? 1 : largestMagnitude(outputs, targets),
      role: 'output',
      isAt: untilEnd,
    },
    ...byLayerFromTheTop(recurrent),
    {
      node: 'x',
      layer: -1,
      symbol: 'x_t',
      values: inputs,
      units: inputNames.length,
      limit: largestMagnitude(inputs),
      role: 'input',
      isAt: untilEnd,
    },
  ];
}

function byLayerFromTheTop(rows: readonly NetRow[]): readonly NetRow[] {
  return [...rows].sort((a, b) => b.layer - a.layer);
}

/** The row of a node; the state h of the top layer where the net has no such node. */
export function rowNamed(rows: readonly NetRow[], node: string, layer: number): NetRow | undefined {
  return (
    rows.find((row) => row.node === node && (row.layer === layer || row.layer < 0)) ??
    rows.find((row) => row.node === 'h' && row.layer === layer)
  );
}
