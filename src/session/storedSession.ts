import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import type { Finding } from '../diagnosis/finding';
import type { RunInfo, RunState, RunStatus } from '../protocol/run';
import type { NonFiniteLocation } from '../run/manifest';
import type { DisplaySeries } from '../run/series/displaySeries';
import type { RunHistory } from '../run/series/runHistory';

/** A run as its folder has it. */
export interface LoadedRun {
  readonly facts: RunInfo;
  /** With every default written out, as the run's manifest has it. */
  readonly experiment: unknown;
  readonly state: RunState;
  readonly message: string | undefined;
  readonly nonFinite: NonFiniteLocation | undefined;
  readonly findings: readonly Finding[];
  readonly history: RunHistory;
}

/** A run that no trainer of this window has: it is shown as its folder has it. */
export class StoredSession implements Disposable {
  readonly kind = 'stored';
  readonly isLive = false;
  /** The folder is not held by this window. */
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

  get facts(): RunInfo {
    return this.#run.facts;
  }

  /** Absolute path of the run's folder. */
  get folder(): string | undefined {
    return this.#run.facts.folder ?? undefined;
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
    const { history, state, message, nonFinite, findings } = this.#run;
    return {
      ...history.numbers,
      state,
      updatesPerSecond: undefined,
      secondsLeft: undefined,
      queuePosition: undefined,
      nonFinite,
      findings,
      saved: 'whole',
      message,
    };
  }

  /** Shows the run as it was read last. */
  update(run: LoadedRun): void {
    this.#run = run;
    this.#changed.fire(undefined);
  }

  /** Shows why the run can't be read any more. Whether a process trains it is unknown then. */
  markUnreadable(message: string): void {
    const { state } = this.#run;
    this.update({ ...this.#run, state: state === 'elsewhere' ? 'interrupted' : state, message });
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
