import type { Finding } from '../diagnosis/finding';
import type { RequestReplay } from '../protocol/replayRequests';
import type { Manifest } from '../run/manifest';
import type { MeasuredOutcome } from '../run/measuredOutcome';

/** A stored run without its records. */
export interface ListedRun {
  /** The folder by which the tools name it, with `/`: relative to the workspace where it is inside. */
  readonly run: string;
  /** The experiment file, as the folder is named; undefined where it is not known. */
  readonly file: string | undefined;
  readonly manifest: Manifest;
  /** As the manifest says, but `interrupted` where its process is gone. */
  readonly state: string;
}

/** A stored run that can be asked about its records and its updates. */
export interface ReadableRun extends ListedRun {
  /** What the rules found, and a message where some findings can't be read, else ''. */
  findings(): Promise<{ readonly findings: readonly Finding[]; readonly damage: string }>;
  /** @throws with a readable reason when the records can't be read */
  outcome(): Promise<MeasuredOutcome>;
  /** Answers requests about single updates by replay; it rejects with a readable reason. */
  readonly ask: RequestReplay;
  /** Ends what answers its requests. */
  close(): void;
}
