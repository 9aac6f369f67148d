import { formatNumber } from '../../src/text/numbers';
import { formatNetInput } from '../notebook/formatStep';
import { svg } from '../ui/svg';
import { notations } from './cells/registry';
import type { Column, PlacedRow } from './layout';
import type { NetScene } from './netScene';

const gapOfFlow = 10;
/** Pixels a symbol needs under its step, and a number. */
const roomFor = { symbol: 9, number: 36 } as const;
/** Room (px) between two nodes from which an arrow bears the name of its weights. */
const roomForWeights = 26;

/** Boxes, arrows, numbers and symbols of the net; where a step has no room for nodes, its symbols alone. */
export function netLines(scene: NetScene): readonly SVGElement[] {
  const { layout, columns } = scene;
  if (layout.detail === 'colours') return [];
  return [
    arrowHead(),
    ...columns.flatMap((column) => boxes(scene, column)),
    ...columns.flatMap((column, i) => upwards(scene, column, i === 0)),
    ...horizontal(scene),
    ...(scene.hasLoop ? loops(scene) : []),
  ];
}

/** What stands under step t: the symbol that was read, or the number where x_t is a single one. */
export function tokenOf({ inspection, layout }: NetScene, t: number, stepWidth: number): string | undefined {
  if (inspection.inputKind === 'oneHot') return stepWidth >= roomFor.symbol ? formatNetInput(inspection, t) : undefined;
  const isNumber = inspection.inputNames.length === 1 && layout.detail !== 'numbers';
  return isNumber && stepWidth >= roomFor.number ? formatNetInput(inspection, t) : undefined;
}

function arrowHead(): SVGElement {
  const marker = svg(
    'marker',
    { id: 'net-arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: 'auto' },
    svg('path', { d: 'M0 0.5 L8 4 L0 7.5 z', class: 'net-head' }),
  );
  return svg('defs', {}, marker);
}

function boxes({ layout }: NetScene, { t, x }: Column): readonly SVGElement[] {
  const { nodeWidth, swatchWidth, detail } = layout;
  return layout.rows.flatMap(({ row, top, height }) => {
    if (!row.isAt(t)) return [];
    const box = svg('rect', {
      class: `net-node ${row.role}`,
      x: x - nodeWidth / 2,
      y: top,
      width: nodeWidth,
      height,
      rx: 3,
    });
    if (detail !== 'numbers') return [box];
    const tall = height / row.units;
    const numbers = Array.from({ length: row.units }, (_, unit) =>
      svg(
        'text',
        { class: 'net-number', x: x + nodeWidth / 2 - 5, y: top + (unit + 0.5) * tall + 4 },
        formatNumber(row.values[t * row.units + unit] ?? NaN).replace('-', '−'),
      ),
    );
    return [
      box,
      svg('line', { class: 'net-edge', ...vertical(x - nodeWidth / 2 + swatchWidth, top, height) }),
      ...numbers,
    ];
  });
}

function vertical(x: number, top: number, height: number): Readonly<Record<string, number>> {
  return { x1: x, x2: x, y1: top, y2: top + height };
}

/** The forward pass within a step runs upwards, from the input to the loss. */
function upwards({ layout }: NetScene, { t, x }: Column, isFirst: boolean): readonly SVGElement[] {
  return layout.rows.flatMap((upper, i) => {
    const lower = layout.rows[i + 1];
    if (lower === undefined || !upper.row.isAt(t)) return [];
    const bottom = upper.top + upper.height;
    if (lower.top - bottom < gapOfFlow) return [];
    const arrow = path(`M${x} ${lower.top} V${bottom + 2}`);
    const name = weightsUp(upper, lower);
    if (!isFirst || name === undefined || layout.detail !== 'numbers') return [arrow];
    return [arrow, label(name, x + 5, (lower.top + bottom) / 2 + 4, 'start')];
  });
}

function weightsUp({ row: upper }: PlacedRow, { row: lower }: PlacedRow): string | undefined {
  if (upper.role === 'output' && lower.role === 'state') return 'W_hy';
  return lower.role === 'input' ? 'W_xh' : undefined;
}

/** The recurrence: h_t to the next step's gates or state, c_t straight on, by its own path. */
function horizontal(scene: NetScene): readonly SVGElement[] {
  const { layout, columns, width, inspection } = scene;
  const half = layout.nodeWidth / 2;
  const last = columns[columns.length - 1];
  const lines: SVGElement[] = [];
  for (const { row, from, to, name } of recurrences(scene)) {
    columns.forEach(({ t, x }, i) => {
      if (t >= inspection.end) return;
      const before = columns[i - 1];
      if (before === undefined && scene.hasLoop && columns.length === 1) return;
      const start = before === undefined ? 0 : before.x + half;
      // The copies of a loop that is being drawn out lie on one another at first.
      if (x - half - start < 4) return;
      const y1 = before === undefined ? to : from;
      const bend = (x - half - start) / 2;
      lines.push(path(`M${start} ${y1} C${start + bend} ${y1} ${x - half - bend} ${to} ${x - half - 1} ${to}`));
      if (x - half - start < roomForWeights) return;
      const isInitial = t === 0 && before === undefined;
      const text = isInitial ? `${row.node}₋₁` : before === undefined ? '' : name;
      lines.push(label(text, (start + x - half) / 2, (y1 + to) / 2 - 5, 'middle'));
    });
    const isOpen = last !== undefined && last.t < inspection.end - 1 && !scene.hasLoop;
    if (isOpen && width - last.x - half > 4) lines.push(path(`M${last.x + half} ${from} H${width - 1}`));
  }
  return lines;
}

interface Recurrence {
  readonly row: PlacedRow['row'];
  /** Height at which it leaves a step, and at which it enters the next. */
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

function recurrences({ layout, inspection }: NetScene): readonly Recurrence[] {
  const { states } = notations[inspection.cell];
  const middle = ({ top, height }: PlacedRow): number => top + height / 2;
  return layout.rows.flatMap((placed): Recurrence[] => {
    const { row } = placed;
    if (row.role !== 'state') return [];
    const at = middle(placed);
    const label = states.find(({ name }) => name === row.node)?.direct;
    const direct = label === undefined ? [] : [{ row, from: at, to: at, name: label }];
    // Only h is multiplied with W_hh; any other state passes on directly.
    if (row.node !== 'h') return direct;
    const gates = layout.rows.filter((other) => other.row.role === 'gate' && other.row.layer === row.layer);
    const [first, end] = [gates[0], gates[gates.length - 1]];
    if (first === undefined || end === undefined) return [{ row, from: at, to: at, name: 'W_hh' }];
    const intoGates = { row, from: at, to: (first.top + end.top + end.height) / 2, name: 'W_hh' };
    return [...direct, intoGates];
  });
}

/** The arrows that close the foremost column into a loop. */
function loops(scene: NetScene): readonly SVGElement[] {
  const { layout, columns, width } = scene;
  const last = columns[columns.length - 1];
  if (last === undefined) return [];
  const right = last.x + layout.nodeWidth / 2;
  const out = Math.max(8, Math.min(54, width - right - 44));
  return recurrences(scene).flatMap(({ row, from, to, name }) => {
    const [leave, enter] = from === to ? [from - 5, from + 5] : [from, to];
    const reach = row.node === 'c' ? out * 0.35 : out;
    return [
      path(`M${right} ${leave} C${right + reach} ${leave - 14} ${right + reach} ${enter + 14} ${right + 2} ${enter}`),
      label(name, right + reach * 0.8 + 2, (leave + enter) / 2 + 4, 'start'),
    ];
  });
}

function path(d: string): SVGElement {
  return svg('path', { class: 'net-arrow', d, 'marker-end': 'url(#net-arrow)' });
}

/** A symbol with its index below the line, as `notation` sets it in text. */
function label(text: string, x: number, y: number, anchor: 'start' | 'middle'): SVGElement {
  const [symbol = '', index] = text.split('_');
  const made = svg('text', { class: 'net-label', x, y, 'text-anchor': anchor }, symbol);
  if (index !== undefined) made.append(svg('tspan', { dy: 3, 'font-size': '0.8em' }, index));
  return made;
}
