import type { Inspection } from '../../../src/protocol/inspection';
import { rowNamed, rowsOf, type NetRow } from '../../net/rows';
import type { Model } from '../../store/model';
import { Memo, memoKey } from '../memo';

/** The nodes of the net that are drawn, and the selected one. */
export interface ShownNode {
  readonly rows: readonly NetRow[];
  readonly selected: NetRow | undefined;
  readonly layer: number;
  /** Step of the selected node. */
  readonly t: number;
}

const rows = new Memo<readonly NetRow[]>();

/** The node that the view selects in a net. */
export function shownNode(inspection: Inspection, { view, hover }: Model): ShownNode {
  const layer = Math.min(view.layer, inspection.layers.length - 1);
  const drawn = rows.of(memoKey(inspection, layer), () => rowsOf(inspection, layer));
  const t = view.selection?.t ?? hover?.t ?? Math.max(0, inspection.end - 1);
  return {
    rows: drawn,
    selected: rowNamed(drawn, view.node, layer),
    layer,
    t: Math.max(0, Math.min(inspection.steps - 1, t)),
  };
}
