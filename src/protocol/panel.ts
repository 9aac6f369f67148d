import * as z from 'zod/mini';
import type { SeriesSlice } from '../run/series/displaySeries';
import type { SavedPageView } from './page';
import { paces } from './pace';
import type { ResolvedExperiment } from '../experiment/schema/schema';
import type { RunInfo, RunState, RunStatus } from './run';
import type { SharedUpdates } from './sharedUpdates';
import { replayRequests, type ReplayRequests } from './replayRequests';
import { index, nothing, positive } from './requestSchemas';

/** Which run of an experiment: that of the experiment itself or of a variant, with one of its seeds if it has several. */
export interface PanelTarget {
  /** undefined is the experiment itself. */
  readonly variant: string | undefined;
  /** undefined where the experiment has no `seeds`. */
  readonly seed?: number | undefined;
}

/** One run that the panel can show. */
export interface PanelEntry extends PanelTarget {
  readonly label: string;
  /** See RunStatus. */
  readonly reading?: number | undefined;
  readonly state: RunState | 'untrained';
}

/** Where the panel of a freshly trained run opens. */
export type OpenPlace = NonNullable<ResolvedExperiment['open']>;

/** A run as the panel first sees it. */
export interface RunView {
  readonly info: RunInfo;
  readonly status: RunStatus;
  readonly series: SeriesSlice;
  /** Of a run that this window has started, where its experiment says so. */
  readonly open?: OpenPlace | undefined;
}

/** Everything that the panel shows; the reply to `ready`. */
export interface PanelState {
  /** The experiment's URI; the webview saves it so that a reloaded window restores the panel. */
  readonly uri: string;
  /** The folder of the one run that this panel shows, as a URI; undefined if it shows an experiment and its variants. */
  readonly folder: string | undefined;
  /** Name of the experiment, or of its file. */
  readonly title: string;
  /** When that one run started, formatted for display; '' if the panel shows an experiment. */
  readonly startTime: string;
  /** The file's name, shown and never used as a path. */
  readonly fileName: string;
  readonly entries: readonly PanelEntry[];
  /** The variant of the selected entry. */
  readonly selected: string | undefined;
  /** The seed of the selected entry. */
  readonly selectedSeed?: number | undefined;
  /** undefined while the selected entry has not been trained. */
  readonly run: RunView | undefined;
  /** Why there is no run, if that needs an explanation (the experiment is invalid, the trainer could not start). */
  readonly message: string | undefined;
  /** The update to select, where the user has asked to see it; undefined leaves the selection. */
  readonly update?: number | undefined;
  /** The view to restore; undefined leaves the page's own. */
  readonly saved?: SavedPageView | undefined;
  /** The place that a lesson is about: selected once it is trained, and its cell marked. */
  readonly place?: OpenPlace | undefined;
  /** Of a page without a trainer: the only updates that it can walk through. */
  readonly shared?: SharedUpdates | undefined;
}

/** The commands for the selected run. */
const panelCommand = z.enum([
  'train',
  'trainStepByStep',
  'pause',
  'resume',
  'step',
  'stop',
  'resumeRun',
  'openExperiment',
  'revealRun',
  'shareRun',
  'copyLink',
  'showLog',
  'compareBeforeFix',
]);

/** See panelCommand. */
export type PanelCommand = z.infer<typeof panelCommand>;

/** Updates `from … to` (exclusive) of the shown run; beyond the newest one, the updates that training will add. */
const zoomedSeriesRequest = z
  .object({ from: index, to: index })
  .check(z.refine(({ from, to }) => from < to, { message: 'from must be before to' }));

/** See zoomedSeriesRequest. */
export type ZoomedSeriesRequest = Readonly<z.infer<typeof zoomedSeriesRequest>>;

/** A range of a run's records, at the column count of the pictures. */
export interface ZoomedSeries extends ZoomedSeriesRequest {
  readonly series: SeriesSlice;
}

/**
 * A remedy of a finding by its place in the list, and what is done with it. `train`: the file is changed and trained
 * again; `variant`: a variant with it is added to the file; `trial`: such a variant is added and trained.
 */
const remedyRequest = z.object({
  code: z.string().check(z.maxLength(64)),
  remedy: index,
  use: z.enum(['train', 'variant', 'trial']),
});

/** See remedyRequest. */
export type RemedyRequest = Readonly<z.infer<typeof remedyRequest>>;

/** The schemas of the panel's own requests. */
const ownRequests = {
  ready: nothing,
  drawn: nothing,
  select: z.object({ variant: z.optional(z.string()), seed: z.optional(z.number()) }),
  command: panelCommand,
  setLearningRate: positive,
  setPace: z.literal(paces),
  zoomedSeries: zoomedSeriesRequest,
  savePredictions: z.object({ update: index }),
  applyRemedy: remedyRequest,
};

/** The parameters of every request that a panel's page can send: a page is not trusted. */
export const panelRequests = {
  ...ownRequests,
  ...(Object.fromEntries(Object.entries(replayRequests).map(([name, { params }]) => [name, params])) as {
    readonly [Name in keyof typeof replayRequests]: (typeof replayRequests)[Name]['params'];
  }),
};

type Params<Name extends keyof typeof ownRequests> = z.infer<(typeof ownRequests)[Name]>;

/** What the panel's host serves to the page. */
export type PanelHostContract = {
  requests: {
    /** The first request of a page: when it is loaded, and whenever it becomes visible again. */
    ready: { params: Params<'ready'>; result: PanelState };
    /** The first picture of a run is on the screen: a run that is held for it starts. */
    drawn: { params: Params<'drawn'>; result: undefined };
    /** Shows the experiment itself or another variant, or another seed. */
    select: { params: Params<'select'>; result: undefined };
    command: { params: Params<'command'>; result: undefined };
    setLearningRate: { params: Params<'setLearningRate'>; result: undefined };
    /** The most updates that the shown run trains in a second. */
    setPace: { params: Params<'setPace'>; result: undefined };
    /**
     * The records of a range of updates, fewer if the run has fewer; undefined if they are too many to read at once.
     */
    zoomedSeries: { params: Params<'zoomedSeries'>; result: ZoomedSeries | undefined };
    /** Asks for a file and saves the predictions of the held-out rows, by the weights of before the update. */
    savePredictions: { params: Params<'savePredictions'>; result: undefined };
    /** Applies a remedy of a finding to the experiment: changes its keys and trains again, or adds a variant. */
    applyRemedy: { params: Params<'applyRemedy'>; result: undefined };
  } & ReplayRequests;
  events: {
    /** Another run, or the same one reloaded. */
    show: PanelState;
    status: { readonly status: RunStatus; readonly entries: readonly PanelEntry[] };
    series: SeriesSlice;
    /** The records added to the requested range since the reply: the changed end of its series. */
    zoomedSeries: ZoomedSeries;
  };
};
