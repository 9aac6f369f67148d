import * as z from 'zod/mini';
import type { SavedPageView } from './page';
import { nothing } from './requestSchemas';
import type { RunState } from './run';

/** What of a run changes while it trains. */
export interface RunProgress {
  /** Identifies the run: the URI of its folder. */
  readonly folder: string;
  readonly state: RunState;
  readonly updates: number;
  /** Of training, without pauses. */
  readonly seconds: number;
  /** Training loss of the last update; undefined before the first. */
  readonly loss: number | undefined;
  /** The last one that was measured. */
  readonly validationLoss: number | undefined;
}

/** One run of the table. */
export interface RunsTableRow extends RunProgress {
  readonly name: string;
  /** The path of its experiment in the workspace. */
  readonly experiment: string;
  /** ISO 8601, to sort by; '' if it is not known. */
  readonly startedAt: string;
  /** The same for people. */
  readonly started: string;
  readonly plannedUpdates: number;
  /** Number of trained parameters. */
  readonly parameters: number;
  /** Its values of the keys in which the runs differ, formatted; without those that it does not have. */
  readonly values: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly note: string;
  readonly isHidden: boolean;
  /** The Git commit that was checked out, abbreviated; '' if it is not known. */
  readonly commit: string;
}

/** Everything that the table shows. */
export interface RunsTableState {
  readonly rows: readonly RunsTableRow[];
  /** Keys in which the runs differ, in the order of the experiment file. */
  readonly keys: readonly string[];
  /** The view to restore; undefined leaves the page's own. */
  readonly saved?: SavedPageView | undefined;
}

/** What can be done with the selected runs. */
export const runsTableActions = [
  'open',
  'compare',
  'compareExperiments',
  'rename',
  'editTags',
  'editNote',
  'hide',
  'unhide',
  'delete',
] as const;

/** See runsTableActions. */
export type RunsTableAction = (typeof runsTableActions)[number];

/** Most runs that one request names. */
const maxNamed = 100_000;

/** The parameters of every request that the page can send: a page is not trusted. */
export const runsTableRequests = {
  ready: nothing,
  act: z.object({ action: z.enum(runsTableActions), folders: z.array(z.string()).check(z.maxLength(maxNamed)) }),
};

type Params<Name extends keyof typeof runsTableRequests> = z.infer<(typeof runsTableRequests)[Name]>;

/** What the host of the table serves to the page. */
export type RunsTableHostContract = {
  requests: {
    /** The first request of a page: when it is loaded, and whenever it becomes visible again. */
    ready: { params: Params<'ready'>; result: RunsTableState };
    /** Runs a command on runs; resolves when it has ended. Folders without a run are ignored. */
    act: { params: Params<'act'>; result: undefined };
  };
  events: {
    show: RunsTableState;
    /** Runs that train in this window. */
    progress: readonly RunProgress[];
  };
};
