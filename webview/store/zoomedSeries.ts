import { DisplaySeries } from '../../src/run/series/displaySeries';
import { isLive } from '../../src/protocol/run';
import type { ZoomedSeries, ZoomedSeriesRequest } from '../../src/protocol/panel';
import type { Model, ShownZoomedSeries, ShownRun } from './model';
import type { Store } from './store';

/** Milliseconds for which the visible range must not change before its records are requested. */
const settleTime = 80;
/** Milliseconds after which records that were not yet on disk are requested again. */
const retryDelay = 1000;
/** Updates requested on both sides of the visible range if they fit: more than the longest smoothing window. */
const leastMargin = 256;

/** The series that a visible range is drawn from: the zoomed series once it covers the whole range. */
export function visibleSeries(run: ShownRun, domain: readonly [number, number]): DisplaySeries {
  const { zoomed, series } = run;
  return zoomed !== undefined && covers(zoomed, visibleUpdates(run, domain)) && isFiner(zoomed.series, series)
    ? zoomed.series
    : series;
}

/** The series with the finest resolution at one update. */
export function seriesAt({ zoomed, series }: ShownRun, update: number): DisplaySeries {
  const holds = zoomed !== undefined && zoomed.series.origin <= update && update < zoomed.end;
  return holds && isFiner(zoomed.series, series) ? zoomed.series : series;
}

/** Loads the zoomed series for the visible range; the old one is shown until the next one arrives. */
export class ZoomedSeriesLoader {
  #timer: number | undefined;
  #due: VisiblePart | undefined;
  #requested: VisiblePart | undefined;
  #isPending = false;

  constructor(
    readonly store: Store,
    readonly load: (request: ZoomedSeriesRequest) => Promise<ZoomedSeries | undefined>,
    readonly onFault: (error: unknown) => void,
  ) {
    store.subscribe((model) => {
      this.#follow(model);
    });
  }

  /** Appends the columns that the zoomed range has gained since it was loaded. */
  append({ from, to, series }: ZoomedSeries): void {
    const held = this.store.model.run?.zoomed;
    if (held?.series.origin !== from) return;
    held.series.write(series);
    this.store.dispatch({ kind: 'zoomedSeriesChanged', zoomed: { ...held, end: to } });
  }

  #follow(model: Model): void {
    const { run, view } = model;
    const due = run !== undefined && zoomedSeriesRequest(model) !== undefined ? { run, range: view.range } : undefined;
    if (due === undefined) {
      this.#requested = undefined;
      if (view.range === undefined && run?.zoomed !== undefined) {
        this.store.dispatch({ kind: 'zoomedSeriesChanged', zoomed: undefined });
      }
    }
    const isSame = isSamePart(due, this.#due);
    this.#due = due;
    if (isSame) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#request();
    }, settleTime);
  }

  #request(): void {
    const { model } = this.store;
    const request = zoomedSeriesRequest(model);
    const due = this.#due;
    if (due === undefined || request === undefined || this.#isPending || isSamePart(due, this.#requested)) return;
    this.#requested = due;
    this.#isPending = true;
    this.load(request)
      .then((answer) => {
        const { run } = this.store.model;
        if (answer === undefined || run?.info !== due.run.info) return;
        this.store.dispatch({ kind: 'zoomedSeriesChanged', zoomed: shownZoomedSeriesOf(run, answer) });
        if (answer.to < Math.min(request.to, run.status.updates)) this.#retryLater(due);
      })
      .catch(this.onFault)
      .finally(() => {
        this.#isPending = false;
        this.#request();
      });
  }

  /** Requests records again that were not yet on disk. */
  #retryLater(requested: VisiblePart): void {
    setTimeout(() => {
      if (!isSamePart(requested, this.#requested)) return;
      this.#requested = undefined;
      this.#request();
    }, retryDelay);
  }
}

/** The part of a run that is visible. */
interface VisiblePart {
  readonly run: ShownRun;
  readonly range: Model['view']['range'];
}

function isSamePart(one: VisiblePart | undefined, other: VisiblePart | undefined): boolean {
  return (
    one?.run.info === other?.run.info && one?.range?.[0] === other?.range?.[0] && one?.range?.[1] === other?.range?.[1]
  );
}

/** The request for a finer series; undefined where none exists or none is needed. */
export function zoomedSeriesRequest({ run, view }: Pick<Model, 'run' | 'view'>): ZoomedSeriesRequest | undefined {
  if (run === undefined || view.range === undefined || run.info.folder === null) return undefined;
  const visible = visibleUpdates(run, view.range);
  const { series, zoomed } = run;
  const { updates, state } = run.status;
  if (visible.to <= visible.from) return undefined;
  // While a run trains, the visible range fills up to its end; the request covers that part too.
  const end = visible.to === updates && isLive(state) ? Math.ceil(view.range[1]) : visible.to;
  const span = end - visible.from;
  const tables = [series.scalars, series.heat];
  if (tables.every((table) => table.strideFor(span) >= table.stride)) return undefined;
  const room = (table: (typeof tables)[number]): number => table.capacity * table.strideFor(span) - span;
  const least = Math.min(room(series.scalars), room(series.heat) - series.every);
  const margin = Math.max(0, Math.min(Math.floor(least / 2), Math.max(span, leastMargin)));
  const withMargin = (extra: number): ZoomedSeriesRequest => ({
    from: Math.max(0, visible.from - extra),
    to: isLive(state) ? end + extra : Math.min(updates, end + extra),
  });
  // The next range is requested before the end of this one becomes visible.
  const soon = withMargin(Math.floor(margin / 4));
  if (zoomed !== undefined && covers(zoomed, { ...soon, to: Math.min(updates, soon.to) })) {
    const loaded = [zoomed.series.scalars, zoomed.series.heat];
    if (loaded.every((table) => table.stride <= table.strideFor(span))) return undefined;
  }
  return withMargin(margin);
}

/** The existing updates in this part of the axis. */
function visibleUpdates({ status }: ShownRun, [from, to]: readonly [number, number]): ZoomedSeriesRequest {
  return { from: Math.max(0, Math.floor(from)), to: Math.min(status.updates, Math.ceil(to)) };
}

function covers({ series, end }: ShownZoomedSeries, { from, to }: ZoomedSeriesRequest): boolean {
  return series.origin <= from && to <= end;
}

function isFiner(zoomed: DisplaySeries, series: DisplaySeries): boolean {
  return zoomed.scalars.stride < series.scalars.stride || zoomed.heat.stride < series.heat.stride;
}

function shownZoomedSeriesOf({ info }: ShownRun, { from, to, series: slice }: ZoomedSeries): ShownZoomedSeries {
  const series = new DisplaySeries(info.layout, info.recordEvery, from);
  series.write(slice);
  return { series, end: to };
}
