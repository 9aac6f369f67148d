import type { SeriesSlice } from '../run/series/displaySeries';
import type { RunInfo, RunStatus } from './run';

/** One of the runs that are compared. */
export interface ComparedRun {
  /** Its own within this panel, and the same as long as the panel is open; also says which colour it has. */
  readonly id: number;
  readonly name: string;
  readonly status: RunStatus | undefined;
  /** undefined before the run has begun, and where it cannot be read. */
  readonly drawn: { readonly facts: RunInfo; readonly series: SeriesSlice } | undefined;
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

/** What the comparison's host serves to the webview. */
export type ComparisonHostContract = {
  requests: {
    /** First paint: sent by the webview when it boots, whenever it becomes visible again. */
    ready: { params: undefined; result: ComparisonState };
    /** Opens the panel of one run. */
    open: { params: number; result: undefined };
    /** Takes a run out of the comparison; the run itself stays. */
    remove: { params: number; result: undefined };
    /** Lets the person choose what to compare. */
    choose: { params: undefined; result: undefined };
  };
  events: {
    show: ComparisonState;
    /** A run that has not begun yet. */
    waits: { readonly id: number; readonly status: RunStatus };
    grown: { readonly id: number; readonly status: RunStatus; readonly series: SeriesSlice };
  };
};
