import type { SeriesSlice } from '../run/series/displaySeries';
import type { RunInfo, RunState, RunStatus } from './run';
import type { ReplayRequests } from './replayRequests';

/** One run that the panel can show: the experiment itself or one of its variants. */
export interface PanelEntry {
  /** undefined is the experiment itself. */
  readonly variant: string | undefined;
  readonly label: string;
  readonly state: RunState | 'untrained';
}

/** A run as the panel first sees it. */
export interface RunView {
  readonly facts: RunInfo;
  readonly status: RunStatus;
  readonly series: SeriesSlice;
}

/** Everything that the panel shows; the reply to `ready`. */
export interface PanelState {
  /** The experiment's URI, which the webview keeps so that a reloaded window finds it again. */
  readonly uri: string;
  /** The folder of the one run that this panel shows, as a URI; undefined where it shows an experiment and its variants. */
  readonly folder: string | undefined;
  /** Name of the experiment, or of its file. */
  readonly title: string;
  /** When that one run began, as it stands on the screen; '' where it shows an experiment. */
  readonly began: string;
  /** The file's name, shown and never used as a path. */
  readonly fileName: string;
  readonly entries: readonly PanelEntry[];
  readonly selected: string | undefined;
  /** undefined while the selected entry has not been trained. */
  readonly run: RunView | undefined;
  /** Why there is no run, where that needs words (the experiment is refused, the trainer could not start). */
  readonly message: string | undefined;
}

/** What the webview leaves with VS Code, beside its own view: enough to bring the panel back. */
export interface RestorableState {
  readonly uri: string;
  readonly variant?: string;
  readonly folder?: string;
}

/** What a person can ask of the selected run. */
export type PanelCommand =
  'train' | 'pause' | 'resume' | 'step' | 'stop' | 'resumeRun' | 'openExperiment' | 'revealRun' | 'showLog';

/** Updates `from … to` (exclusive) of the shown run; beyond those there are, what a run that trains will bring. */
export interface ZoomedSeriesRequest {
  readonly from: number;
  readonly to: number;
}

/** A stretch of a run's records, in as many columns as the pictures have for it. */
export interface ZoomedSeries extends ZoomedSeriesRequest {
  readonly series: SeriesSlice;
}

/** What the panel's host serves to the webview. */
export type PanelHostContract = {
  requests: {
    /** First paint: sent by the webview when it boots, whenever it becomes visible again. */
    ready: { params: undefined; result: PanelState };
    select: { params: { readonly variant: string | undefined }; result: undefined };
    command: { params: PanelCommand; result: undefined };
    setLearningRate: { params: number; result: undefined };
    /** The kept records of a stretch, fewer where there are fewer; undefined where they are too many to be read at once. */
    detail: { params: ZoomedSeriesRequest; result: ZoomedSeries | undefined };
  } & ReplayRequests;
  events: {
    /** Another run, or the same one anew. */
    show: PanelState;
    status: { readonly status: RunStatus; readonly entries: readonly PanelEntry[] };
    series: SeriesSlice;
    /** What the stretch that was asked for last has gained: the changed end of its series. */
    detail: ZoomedSeries;
  };
};
