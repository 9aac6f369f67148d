import { gutters } from '../plot/trainingAxis';
import { packed } from '../plot/heatmap/magnitudeScale';
import { element, setAttribute } from '../ui/element';
import { notation } from '../ui/notation';
import { svg } from '../ui/svg';
import { gradientArrows } from './gradientArrows';
import { netLines } from './netLines';
import type { NetScene } from './netScene';
import type { Column, NetLayout, PlacedRow } from './layout';
import type { NetRow } from './rows';

/** What is marked in a drawing of the net. */
export interface NetMarks {
  readonly layout: NetLayout;
  readonly columns: readonly Column[];
  /** The selected node and its step. */
  readonly selected: NetRow | undefined;
  readonly t: number;
  /** The step in focus. */
  readonly focus: number | undefined;
  readonly stepWidth: number;
  readonly scale: number;
}

/** Paints the net: values as colours on a canvas, boxes, arrows, symbols and numbers as SVG over it. */
export class NetPicture {
  readonly element = element('div', { class: 'net' });
  readonly #canvas = element('canvas', { class: 'net-colours', 'aria-hidden': 'true' });
  readonly #lines = svg('svg', { class: 'net-lines', 'aria-hidden': 'true' });
  readonly #names = element('div', { class: 'net-names', 'aria-hidden': 'true' });
  readonly #selected = svg('rect', { class: 'net-selected', rx: 3 });
  /** Behind the colours, which it must not tint. */
  readonly #focus = element('div', { class: 'net-focus' });
  readonly #images = new Map<string, HTMLCanvasElement>();
  #imagesOf: readonly unknown[] = [];
  #namesOf: NetLayout | undefined;
  #namesScale = 1;

  constructor() {
    this.element.append(this.#names, this.#focus, this.#canvas, this.#lines);
    for (const layer of [this.#canvas, this.#lines]) layer.style.left = 'var(--gutter-left)';
  }

  draw(scene: NetScene): void {
    const { layout, width, scale } = scene;
    this.element.style.height = `${layout.height * scale}px`;
    this.#paintColours(scene);
    setAttribute(this.#lines, 'width', String(width * scale));
    setAttribute(this.#lines, 'height', String(layout.height * scale));
    setAttribute(this.#lines, 'viewBox', `0 0 ${width} ${layout.height}`);
    this.#lines.replaceChildren(...netLines(scene), ...gradientArrows(scene), this.#selected);
    if (layout === this.#namesOf && scale === this.#namesScale) return;
    this.#namesOf = layout;
    this.#namesScale = scale;
    this.#names.replaceChildren(
      ...layout.rows.map(({ row, top, height }) => {
        const name = element('span', {}, ...notation(row.symbol));
        name.style.top = `${(top + height / 2) * scale}px`;
        return name;
      }),
    );
  }

  /** Frames the selected node and lifts the column in focus; nothing else is drawn. */
  mark({ layout, columns, selected, t, focus, stepWidth, scale }: NetMarks): void {
    const placed = layout.rows.find(({ row }) => row === selected);
    const column = columns.find((candidate) => candidate.t === t);
    const wide = Math.max(layout.nodeWidth, 5) + 4;
    this.#selected.style.display = column === undefined || placed === undefined ? 'none' : '';
    const { top = 0, height = 0 } = placed ?? {};
    const frame = { x: (column?.x ?? 0) - wide / 2, y: top - 2, width: wide, height: height + 4 };
    for (const [name, value] of Object.entries(frame)) setAttribute(this.#selected, name, String(value));
    const lifted = layout.detail === 'colours' ? undefined : columns.find((candidate) => candidate.t === focus);
    this.#focus.hidden = lifted === undefined;
    this.#focus.style.left = `${gutters.left + ((lifted?.x ?? 0) - stepWidth / 2) * scale}px`;
    this.#focus.style.width = `${stepWidth * scale}px`;
  }

  #paintColours(scene: NetScene): void {
    const { layout, columns, width, scale, theme } = scene;
    const canvas = this.#canvas;
    const bitmapScale = scale * devicePixelRatio;
    canvas.width = Math.round(width * bitmapScale);
    canvas.height = Math.round(layout.height * bitmapScale);
    canvas.style.width = `${width * scale}px`;
    canvas.style.height = `${layout.height * scale}px`;
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.scale(bitmapScale, bitmapScale);
    context.imageSmoothingEnabled = false;
    for (const placed of layout.rows) {
      const image = this.#imageOf(placed.row, scene);
      const wide = Math.max(1, layout.swatchWidth);
      const left = layout.detail === 'numbers' ? layout.nodeWidth / 2 : wide / 2;
      for (const { t, x } of columns) {
        if (!placed.row.isAt(t)) continue;
        context.drawImage(image, t, 0, 1, placed.row.units, x - left, placed.top, wide, placed.height);
      }
      hatchNotFinite(context, placed, columns, wide, left, theme.clip);
    }
  }

  /** A row's values as a picture of one pixel a number, made once for an update. */
  #imageOf(row: NetRow, { inspection, theme, scaleOf }: NetScene): HTMLCanvasElement {
    const of = [inspection, theme] as const;
    if (of.some((part, i) => part !== this.#imagesOf[i])) this.#images.clear();
    this.#imagesOf = of;
    const scale = scaleOf(row);
    const key = `${row.symbol} ${scale.limit}`;
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const image = document.createElement('canvas');
    image.width = Math.max(1, inspection.steps);
    image.height = Math.max(1, row.units);
    const context = image.getContext('2d');
    const data = context?.createImageData(image.width, image.height);
    if (context !== null && data !== undefined) {
      const pixels = new Uint32Array(data.data.buffer);
      row.values.forEach((value, i) => {
        const at = (i % row.units) * image.width + Math.floor(i / row.units);
        pixels[at] = Number.isFinite(value) ? scale.shade(value) : packed(theme.background);
      });
      context.putImageData(data, 0, 0);
    }
    this.#images.set(key, image);
    return image;
  }
}

/** Hatches every number that is not finite: nothing broken looks like nothing. */
function hatchNotFinite(
  context: CanvasRenderingContext2D,
  { row, top, height }: PlacedRow,
  columns: readonly Column[],
  width: number,
  left: number,
  color: string,
): void {
  const tall = height / row.units;
  context.strokeStyle = color;
  for (const { t, x } of columns) {
    if (!row.isAt(t)) continue;
    for (let unit = 0; unit < row.units; unit++) {
      if (Number.isFinite(row.values[t * row.units + unit] ?? NaN)) continue;
      context.beginPath();
      for (let at = -tall; at < width; at += 4) {
        context.moveTo(x - left + Math.max(0, at), top + unit * tall + Math.max(0, -at));
        context.lineTo(x - left + Math.min(width, at + tall), top + unit * tall + Math.min(tall, width - at));
      }
      context.stroke();
    }
  }
}
