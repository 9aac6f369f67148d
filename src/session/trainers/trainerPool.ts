import type { Disposable } from 'vscode';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';

/** Milliseconds from taking a trainer until the next one is started: the one just taken needs the processor first. */
const restartDelay = 2000;

/** Keeps one trainer ready: starting a process and loading its code is the slowest part of starting a run. */
export class TrainerPool implements Disposable {
  #spare: TrainerWorker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(readonly start: StartTrainerWorker) {}

  /** The spare trainer if there is one, else a new one. */
  readonly take: StartTrainerWorker = () => {
    const taken = this.#spare ?? this.start();
    this.#spare = undefined;
    clearTimeout(this.#timer);
    if (!this.#isDisposed) {
      this.#timer = setTimeout(() => {
        this.warmUp();
      }, restartDelay);
    }
    return taken;
  };

  /** Starts a spare trainer unless there is one. */
  warmUp(): void {
    if (this.#isDisposed || this.#spare !== undefined) return;
    const spare = this.start();
    this.#spare = spare;
    // A spare that exits while idle is not replaced: the next one might exit for the same reason.
    spare.onExit(() => {
      if (this.#spare === spare) this.#spare = undefined;
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#spare?.terminate();
    this.#spare = undefined;
  }
}
