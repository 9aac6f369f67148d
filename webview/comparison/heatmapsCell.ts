import { html, render } from 'lit-html';
import { CellFrame, type ToggleCell } from '../notebook/cell/cellFrame';
import { memoKey } from '../notebook/memo';
import { devicePixels, drawPixels, resizeBitmap } from '../plot/canvas';
import { magnitudeLegend } from '../plot/heatmap/legend';
import { decadesOf, lowestDecade, MagnitudeScale, unionOf, type Decades } from '../plot/heatmap/magnitudeScale';
import { hasNonFinite, rasterize, type Grid } from '../plot/heatmap/raster';
import { lineEntry } from '../plot/legend';
import type { ShownRun } from '../store/model';
import type { Theme } from '../theme/theme';
import { choice } from '../ui/controls';
import { element } from '../ui/element';
import { isLit } from './lines';
import { lineStyle } from './lineStyle';
import type { Comparison, ComparisonView, Member } from './model';
import { formatShare } from './formatShare';
import { highlight, type ComparisonCell, type ComparisonDrawing, type ComparisonStore } from './comparisonCell';
import { StableReadout } from './stableReadout';
import { TileAxes } from './tileAxes';
import { formatExact } from '../../src/text/numbers';
import { translate } from '../../src/text/translate';

const names: Readonly<Record<ComparisonView['quantity'], string>> = {
  dh: '‖∂L/∂h_t‖',
  dhLocal: translate`‖∂L/∂h_t‖ without the path from t+1`,
};

/** One run's heatmap with its name. */
interface Tile {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly title: HTMLElement;
  readonly axes: TileAxes;
  drawn: string;
}

/** [2] The gradient through time of every run, side by side with one colour scale and one range of updates. */
export class HeatmapsCell implements ComparisonCell {
  readonly title = 'Gradient through time';
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #legend = element('div');
  readonly #tiles = new Map<number, Tile>();
  readonly #grid = element('div', { class: 'comparison-heatmaps' });
  readonly #readout: StableReadout;
  readonly #quantity;
  readonly #layer;
  #domain: readonly [number, number] = [0, 1];

  constructor(
    readonly store: ComparisonStore,
    toggle: ToggleCell,
  ) {
    this.#frame = new CellFrame(2, this.title, toggle);
    this.element = this.#frame.element;
    this.#readout = new StableReadout(
      this.#frame.readout,
      translate`Point at a heatmap to see the value of every run there.`,
    );
    this.#quantity = choice<ComparisonView['quantity']>(translate`Show`, (quantity) => {
      store.dispatch({ kind: 'viewChanged', view: { quantity } });
    });
    this.#layer = choice<string>(translate`Layer`, (layer) => {
      store.dispatch({ kind: 'viewChanged', view: { layer: Number(layer) } });
    });
    this.#frame.tools.append(this.#quantity.element, this.#layer.element);
    this.#frame.body.append(this.#legend, this.#frame.readout, this.#grid);
  }

  update({ model, axis, theme }: ComparisonDrawing): void {
    const { view } = model;
    // A log has no gradient for each time step.
    const members = model.members.filter(({ run }) => run === undefined || run.info.layout.layers > 0);
    this.#domain = axis.domain;
    this.#frame.follow(view);
    const layers = Math.max(1, ...members.map(({ run }) => run?.info.layout.layers ?? 1));
    this.#quantity.setOptions(
      Object.entries(names).map(([value, label]) => ({ value: value as ComparisonView['quantity'], label })),
      view.quantity,
    );
    this.#layer.element.hidden = layers === 1;
    this.#layer.setOptions(
      Array.from({ length: layers }, (_, l) => ({ value: String(l), label: String(l) })),
      String(Math.min(view.layer, layers - 1)),
    );
    this.#frame.setSummary(summary(members, view));
    this.#readOut(model);
    if (this.#frame.body.hidden) return;
    this.#arrange(members);
    const decades = members
      .map(({ run }) => decadesFor(run, view))
      .reduce<Decades | undefined>((all, one) => unionOf(all, one), undefined);
    const scale = new MagnitudeScale(decades ?? { from: -1, to: 0 }, theme);
    const someNonFinite = members.some(({ run }) => run !== undefined && hasNonFinite(gridOf(run, view)));
    render(magnitudeLegend(scale, translate`${names[view.quantity]}, one scale for all`, someNonFinite), this.#legend);
    for (const member of members) this.#draw(member, model, scale, theme);
  }

  #readOut({ members, view, update, t, highlighted: highlighted }: Comparison): void {
    const isPointed = update !== undefined && t !== undefined;
    this.#readout.update(
      members.flatMap(({ id, name, run }) =>
        run === undefined
          ? []
          : [{ name, value: isPointed ? numberAt(run, view, update, t) : NaN, isHighlighted: id === highlighted }],
      ),
      isPointed ? translate`update ${formatExact(update)} · step t = ${t}` : undefined,
    );
  }

  /** One tile per run, in the order of the runs. */
  #arrange(members: readonly Member[]): void {
    const wanted = members.map(({ id }) => id);
    if (wanted.join() === [...this.#tiles.keys()].join()) return;
    this.#tiles.clear();
    for (const member of members) this.#tiles.set(member.id, this.#tileFor(member));
    this.#grid.replaceChildren(...[...this.#tiles.values()].map((tile) => tile.element));
  }

  #tileFor({ id, name }: Member): Tile {
    const canvas = element('canvas', { class: 'comparison-heatmap' });
    const axes = new TileAxes();
    const title = element('div', { class: 'comparison-name' });
    const tile = element(
      'div',
      { class: 'comparison-tile', tabindex: '0', role: 'img', 'aria-label': name },
      title,
      element('div', { class: 'comparison-picture', 'aria-hidden': 'true' }, axes.steps, canvas, axes.updates),
    );
    const light = (): void => {
      highlight(this.store, id);
    };
    tile.addEventListener('focus', light);
    tile.addEventListener('blur', () => {
      highlight(this.store);
    });
    canvas.addEventListener('pointermove', (event) => {
      this.#pointAt(id, canvas, event);
    });
    tile.addEventListener('pointerleave', () => {
      highlight(this.store);
    });
    return { element: tile, canvas, title, axes, drawn: '' };
  }

  #pointAt(id: number, canvas: HTMLCanvasElement, event: PointerEvent): void {
    const run = this.store.model.members.find((member) => member.id === id)?.run;
    if (run === undefined) return;
    const box = canvas.getBoundingClientRect();
    const [from, to] = this.#domain;
    const update = Math.floor(from + ((event.clientX - box.left) / box.width) * (to - from));
    const { steps } = run.info.layout;
    const fromTop = Math.floor(((event.clientY - box.top) / box.height) * steps);
    highlight(this.store, id, update, Math.max(0, Math.min(steps - 1, steps - 1 - fromTop)));
  }

  #draw(member: Member, model: Comparison, scale: MagnitudeScale, theme: Theme): void {
    const { view, highlighted } = model;
    const tile = this.#tiles.get(member.id);
    if (tile === undefined) return;
    const isHighlighted = isLit(model, member.id);
    tile.element.classList.toggle('highlighted', isHighlighted);
    tile.element.classList.toggle('dimmed', highlighted !== undefined && !isHighlighted);
    const { run } = member;
    const width = devicePixels(tile.canvas.clientWidth);
    const height = devicePixels(tile.canvas.clientHeight);
    const { from, to } = scale.decades;
    const key = memoKey(
      run?.version,
      run?.info,
      member.name,
      view.quantity,
      view.layer,
      this.#domain,
      width,
      height,
      theme,
      from,
      to,
    );
    if (key === tile.drawn) return;
    tile.drawn = key;
    const state = run === undefined ? (member.problem ?? translate`waiting`) : `T = ${run.info.layout.steps}`;
    render(
      html`${lineEntry({ label: member.name, ...lineStyle(member.id, theme) })}<span class="comparison-steps"
          >${state}</span
        >`,
      tile.title,
    );
    tile.axes.update(run?.info.layout.steps, this.#domain);
    resizeBitmap(tile.canvas, width, height);
    const [start, end] = this.#domain;
    drawPixels(tile.canvas, (pixels) => {
      if (run !== undefined) rasterize(gridOf(run, view), { from: start, to: end, width, height }, scale, pixels);
    });
  }
}

function layerOf({ info }: ShownRun, { layer }: ComparisonView): number {
  return Math.min(layer, info.layout.layers - 1);
}

function gridOf(run: ShownRun, view: ComparisonView): Grid {
  const { series, info } = run;
  const rows = info.layout.steps;
  return {
    values: series.heat.values(view.quantity),
    columns: series.heat.count,
    width: rows * info.layout.layers,
    offset: layerOf(run, view) * rows,
    rows,
    stride: series.heat.stride,
  };
}

const measured = new WeakMap<ShownRun, { readonly of: string; readonly decades: Decades | undefined }>();

/** The decades of one run over all layers; cached for each version of the run. */
function decadesFor(run: ShownRun | undefined, { quantity }: ComparisonView): Decades | undefined {
  if (run === undefined) return undefined;
  const known = measured.get(run);
  if (known?.of === quantity) return known.decades;
  const values = run.series.heat.values(quantity);
  const decades = decadesOf(values, lowestDecade(values, run.info.layout.steps * run.info.layout.layers));
  measured.set(run, { of: quantity, decades });
  return decades;
}

function numberAt(run: ShownRun, view: ComparisonView, update: number, t: number): number {
  const grid = gridOf(run, view);
  if (update >= run.status.updates || t >= grid.rows) return NaN;
  const column = Math.min(grid.columns - 1, Math.floor(update / grid.stride));
  return grid.values[column * grid.width + grid.offset + t] ?? NaN;
}

function summary(members: readonly Member[], view: ComparisonView): string {
  const shares = members.flatMap(({ name, run }) => {
    if (run === undefined || run.series.heat.count === 0) return [];
    return [`${name}: ${shareOf(run, view)}`];
  });
  if (shares.length === 0)
    return translate`The gradient of every run at every time step will appear here. Nothing is recorded yet.`;
  return translate`Gradient at step 0 as a ratio of that at the last step, median over the run: ${shares.join('; ')}.`;
}

const sharesOfRuns = new WeakMap<ShownRun, { readonly of: string; readonly text: string }>();

/** The share of one run; cached for each version of the run. */
function shareOf(run: ShownRun, view: ComparisonView): string {
  const of = memoKey(view.quantity, view.layer);
  const known = sharesOfRuns.get(run);
  if (known?.of === of) return known.text;
  const text = formatShare(gridOf(run, view));
  sharesOfRuns.set(run, { of, text });
  return text;
}
