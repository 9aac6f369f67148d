import type * as z from 'zod/mini';
import type { SeriesSlice } from '../run/series/displaySeries';
import type { SavedPageView } from './page';
import { index, nothing } from './requestSchemas';
import type { RunInfo, RunStatus } from './run';

/** One of the runs that are compared. */
export interface ComparedRun {
  /** Unique in this panel and constant while it is open; determines the run's colour. */
  readonly id: number;
  readonly name: string;
  readonly status: RunStatus | undefined;
  /** undefined before the run has started, and if it can't be read. */
  readonly data: { readonly info: RunInfo; readonly series: SeriesSlice } | undefined;
  /** The run's values of the keys in which the runs differ. */
  readonly values: Readonly<Record<string, string>>;
  /** Why there is nothing to show, if that needs an explanation. */
  readonly problem: string | undefined;
}

/** What a compared run is restored from after the window reloads; see the panel's subjects. */
export interface ComparedSubject {
  readonly uri: string;
  readonly variant?: string | undefined;
  readonly seed?: number | undefined;
  readonly folder?: string | undefined;
}

/** Runs that differ in their seed only. */
export interface ComparedGroup {
  readonly name: string;
  /** Their ids, in the order of the seeds. */
  readonly runs: readonly number[];
}

/** Everything that a comparison shows. */
export interface ComparisonState {
  readonly title: string;
  readonly subjects: readonly ComparedSubject[];
  /** Keys in which the runs differ, in the order of the experiment file. */
  readonly keys: readonly string[];
  readonly runs: readonly ComparedRun[];
  /** The view to restore; undefined leaves the page's own. */
  readonly saved?: SavedPageView | undefined;
  readonly groups: readonly ComparedGroup[];
  /** What the page says of itself; undefined in VS Code. */
  readonly note?: string | undefined;
}

/** The parameters of every request that a comparison's page can send: a page is not trusted. */
export const comparisonRequests = { ready: nothing, open: index, remove: index, choose: nothing, share: nothing };

type Params<Name extends keyof typeof comparisonRequests> = z.infer<(typeof comparisonRequests)[Name]>;

/** What the comparison's host serves to the page. */
export type ComparisonHostContract = {
  requests: {
    /** The first request of a page: when it is loaded, and whenever it becomes visible again. */
    ready: { params: Params<'ready'>; result: ComparisonState };
    /** Opens the panel of one run. */
    open: { params: Params<'open'>; result: undefined };
    /** Removes a run from the comparison; the run itself stays. */
    remove: { params: Params<'remove'>; result: undefined };
    /** Opens the quick pick of runs to compare. */
    choose: { params: Params<'choose'>; result: undefined };
    /** Writes the comparison as one HTML file. */
    share: { params: Params<'share'>; result: undefined };
  };
  events: {
    show: ComparisonState;
    /** A run that has not started yet. */
    waiting: { readonly id: number; readonly status: RunStatus };
    appended: { readonly id: number; readonly status: RunStatus; readonly series: SeriesSlice };
  };
};
