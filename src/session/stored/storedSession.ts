import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import type { Finding } from '../../diagnosis/finding';
import type { RunInfo, RunState, RunStatus } from '../../protocol/run';
import type { EndReason } from '../../run/endReason';
import type { NonFiniteLocation } from '../../run/manifest';
import { groupSeed } from '../../run/runInfo';
import type { DisplaySeries } from '../../run/series/displaySeries';
import type { RateChange } from '../../run/rateChanges';
import type { RunHistory } from '../../run/series/runHistory';

/** A run as read from its folder, with its records. */
export interface LoadedRun {
  readonly info: RunInfo;
  /** The experiment in the manifest, with every default written out. */
  readonly experiment: unknown;
  readonly state: RunState;
  readonly message: string | undefined;
  readonly nonFinite: NonFiniteLocation | undefined;
  /** Why it finished; undefined for other states. */
  readonly reason: EndReason | undefined;
  readonly findings: readonly Finding[];
  readonly rateChanges: readonly RateChange[];
  readonly history: RunHistory;
}

/** A run without a trainer in this window, shown from its folder. */
export class StoredSession implements Disposable {
  readonly kind = 'stored';
  readonly isLive = false;
  /** This window does not lock the folder. */
  readonly released: Promise<void> = Promise.resolve();
  readonly #changed = new EventEmitter<undefined>();
  #run: LoadedRun;

  /** Fires when the run was read again. */
  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor(
    readonly uri: Uri,
    readonly variant: string | undefined,
    run: LoadedRun,
  ) {
    this.#run = run;
  }

  get info(): RunInfo {
    return this.#run.info;
  }

  /** Of a run that is one of a group of seeds. */
  get seed(): number | undefined {
    return groupSeed(this.#run.info);
  }

  /** Absolute path of the run's folder. */
  get folder(): string | undefined {
    return this.#run.info.folder ?? undefined;
  }

  /** The experiment with every default written out. */
  get experiment(): unknown {
    return this.#run.experiment;
  }

  get series(): DisplaySeries {
    return this.#run.history.series;
  }

  get findings(): readonly Finding[] {
    return this.#run.findings;
  }

  get status(): RunStatus {
    const { history, state, message, nonFinite, reason, findings, rateChanges } = this.#run;
    return {
      ...history.numbers,
      state,
      reason,
      updatesPerSecond: undefined,
      secondsLeft: undefined,
      queuePosition: undefined,
      nonFinite,
      findings,
      rateChanges,
      saved: 'whole',
      message,
    };
  }

  /** Shows a new reading of the run. */
  update(run: LoadedRun): void {
    this.#run = run;
    this.#changed.fire(undefined);
  }

  /** Shows why the run can no longer be read. Whether a process trains it is then unknown. */
  markUnreadable(message: string): void {
    const { state } = this.#run;
    this.update({ ...this.#run, state: state === 'elsewhere' ? 'interrupted' : state, message });
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
