import type { Disposable } from 'vscode';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';

/** Milliseconds after a trainer was taken until the next one is started: the one just taken needs the processor first. */
const untilNext = 2000;

/** Keeps one trainer ready, because starting a process and loading its code takes longer than all else when a run begins. */
export class TrainerPool implements Disposable {
  #spare: TrainerWorker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(readonly start: StartTrainerWorker) {}

  /** A trainer that nobody else uses. */
  readonly take: StartTrainerWorker = () => {
    const taken = this.#spare ?? this.start();
    this.#spare = undefined;
    clearTimeout(this.#timer);
    if (!this.#isDisposed) {
      this.#timer = setTimeout(() => {
        this.warmUp();
      }, untilNext);
    }
    return taken;
  };

  /** Starts a spare trainer where there is none. */
  warmUp(): void {
    if (this.#isDisposed || this.#spare !== undefined) return;
    const spare = this.start();
    this.#spare = spare;
    // One that dies while it waits is not replaced: what killed it might kill the next one too.
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
