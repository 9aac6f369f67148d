import { DisplaySeries } from '../../src/run/series/displaySeries';
import { isLive } from '../../src/protocol/run';
import type { ZoomedSeries, ZoomedSeriesRequest } from '../../src/protocol/panel';
import type { Model, ShownZoomedSeries, ShownRun } from './model';
import type { Store } from './store';

/** Milliseconds for which what is in sight must stay before its records are asked for. */
const calm = 80;
/** Milliseconds after which what was not yet on disk is asked for again. */
const patience = 1000;
/** Updates asked for on both sides of what is in sight, where there is room for them: the longest smoothing, and more. */
const leastMargin = 256;

/** The series that the pictures of this stretch are drawn from: the detail once it holds all that is in sight. */
export function visibleSeries(run: ShownRun, domain: readonly [number, number]): DisplaySeries {
  const { zoomed: detail, series } = run;
  return detail !== undefined && covers(detail, inSight(run, domain)) && isFiner(detail.series, series)
    ? detail.series
    : series;
}

/** The series with the most to say of one update. */
export function seriesAt({ zoomed: detail, series }: ShownRun, update: number): DisplaySeries {
  const holds = detail !== undefined && detail.series.origin <= update && update < detail.end;
  return holds && isFiner(detail.series, series) ? detail.series : series;
}

/** Keeps the detail in line with what is in sight; the old one stays until the next is there. */
export class ZoomedSeriesLoader {
  #timer: number | undefined;
  #due: Sight | undefined;
  #asked: Sight | undefined;
  #underWay = false;

  constructor(
    readonly store: Store,
    readonly ask: (request: ZoomedSeriesRequest) => Promise<ZoomedSeries | undefined>,
    readonly onFault: (error: unknown) => void,
  ) {
    store.subscribe((model) => {
      this.#follow(model);
    });
  }

  /** Takes in what the stretch has gained since it was answered. */
  grow({ from, to, series }: ZoomedSeries): void {
    const held = this.store.model.run?.zoomed;
    if (held?.series.origin !== from) return;
    held.series.write(series);
    this.store.dispatch({ kind: 'detailed', detail: { ...held, end: to } });
  }

  #follow(model: Model): void {
    const { run, view } = model;
    const due = run !== undefined && zoomedSeriesRequest(model) !== undefined ? { run, range: view.range } : undefined;
    if (due === undefined) {
      this.#asked = undefined;
      if (view.range === undefined && run?.zoomed !== undefined) {
        this.store.dispatch({ kind: 'detailed', detail: undefined });
      }
    }
    const isSame = isSameSight(due, this.#due);
    this.#due = due;
    if (isSame) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#request();
    }, calm);
  }

  #request(): void {
    const { model } = this.store;
    const request = zoomedSeriesRequest(model);
    const due = this.#due;
    if (due === undefined || request === undefined || this.#underWay || isSameSight(due, this.#asked)) return;
    this.#asked = due;
    this.#underWay = true;
    this.ask(request)
      .then((answer) => {
        const { run } = this.store.model;
        if (answer === undefined || run?.facts !== due.run.facts) return;
        this.store.dispatch({ kind: 'detailed', detail: detailOf(run, answer) });
        if (answer.to < Math.min(request.to, run.status.updates)) this.#askAgainLater(due);
      })
      .catch(this.onFault)
      .finally(() => {
        this.#underWay = false;
        this.#request();
      });
  }

  /** What was not yet on disk. */
  #askAgainLater(asked: Sight): void {
    setTimeout(() => {
      if (!isSameSight(asked, this.#asked)) return;
      this.#asked = undefined;
      this.#request();
    }, patience);
  }
}

interface Sight {
  readonly run: ShownRun;
  readonly range: Model['view']['range'];
}

function isSameSight(one: Sight | undefined, other: Sight | undefined): boolean {
  return (
    one?.run.facts === other?.run.facts &&
    one?.range?.[0] === other?.range?.[0] &&
    one?.range?.[1] === other?.range?.[1]
  );
}

/** What is to be asked for; undefined where nothing finer can be had, or is needed. */
export function zoomedSeriesRequest({ run, view }: Pick<Model, 'run' | 'view'>): ZoomedSeriesRequest | undefined {
  if (run === undefined || view.range === undefined || run.facts.folder === null) return undefined;
  const sight = inSight(run, view.range);
  const { series, zoomed: detail } = run;
  const { updates, state } = run.status;
  if (sight.to <= sight.from) return undefined;
  // What is in sight of a run that trains fills up to its end, and is followed there.
  const end = sight.to === updates && isLive(state) ? Math.ceil(view.range[1]) : sight.to;
  const span = end - sight.from;
  const tables = [series.scalars, series.heat];
  if (tables.every((table) => table.strideFor(span) >= table.stride)) return undefined;
  const room = (table: (typeof tables)[number]): number => table.capacity * table.strideFor(span) - span;
  const least = Math.min(room(series.scalars), room(series.heat) - series.every);
  const margin = Math.max(0, Math.min(Math.floor(least / 2), Math.max(span, leastMargin)));
  const around = (reach: number): ZoomedSeriesRequest => ({
    from: Math.max(0, sight.from - reach),
    to: isLive(state) ? end + reach : Math.min(updates, end + reach),
  });
  // The next stretch is asked for before the end of this one comes in sight.
  const soon = around(Math.floor(margin / 4));
  if (detail !== undefined && covers(detail, { ...soon, to: Math.min(updates, soon.to) })) {
    const held = [detail.series.scalars, detail.series.heat];
    if (held.every((table) => table.stride <= table.strideFor(span))) return undefined;
  }
  return around(margin);
}

/** The updates there are in this part of the axis. */
function inSight({ status }: ShownRun, [from, to]: readonly [number, number]): ZoomedSeriesRequest {
  return { from: Math.max(0, Math.floor(from)), to: Math.min(status.updates, Math.ceil(to)) };
}

function covers({ series, end }: ShownZoomedSeries, { from, to }: ZoomedSeriesRequest): boolean {
  return series.origin <= from && to <= end;
}

function isFiner(detail: DisplaySeries, series: DisplaySeries): boolean {
  return detail.scalars.stride < series.scalars.stride || detail.heat.stride < series.heat.stride;
}

function detailOf({ facts }: ShownRun, { from, to, series: slice }: ZoomedSeries): ShownZoomedSeries {
  const series = new DisplaySeries(facts.layout, facts.recordEvery, from);
  series.write(slice);
  return { series, end: to };
}
