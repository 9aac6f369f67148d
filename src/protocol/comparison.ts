import type * as z from 'zod';
import type { SeriesSlice } from '../run/series/displaySeries';
import { index, nothing } from './requestSchemas';
import type { RunInfo, RunStatus } from './run';

/** One of the runs that are compared. */
export interface ComparedRun {
  /** Its own within this panel, and the same as long as the panel is open; also says which colour it has. */
  readonly id: number;
  readonly name: string;
  readonly status: RunStatus | undefined;
  /** undefined before the run has begun, and where it cannot be read. */
  readonly data: { readonly info: RunInfo; readonly series: SeriesSlice } | undefined;
  /** By key: what the runs do not have alike. */
  readonly values: Readonly<Record<string, string>>;
  /** Why there is nothing to show, where that needs words. */
  readonly problem: string | undefined;
}

/** What brings a compared run back after a reload of the window; see the panel's subjects. */
export interface ComparedSubject {
  readonly uri: string;
  readonly variant?: string | undefined;
  readonly folder?: string | undefined;
}

/** Everything that a comparison shows. */
export interface ComparisonState {
  readonly title: string;
  readonly subjects: readonly ComparedSubject[];
  /** Keys that the runs do not have alike, in the order of the experiment file. */
  readonly keys: readonly string[];
  readonly runs: readonly ComparedRun[];
}

/** The parameters of every request that a comparison's page can send: a page is not trusted. */
export const comparisonRequests = { ready: nothing, open: index, remove: index, choose: nothing };

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
    /** Lets the person choose what to compare. */
    choose: { params: Params<'choose'>; result: undefined };
  };
  events: {
    show: ComparisonState;
    /** A run that has not started yet. */
    waiting: { readonly id: number; readonly status: RunStatus };
    appended: { readonly id: number; readonly status: RunStatus; readonly series: SeriesSlice };
  };
};
