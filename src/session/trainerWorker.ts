import type { Port } from '../protocol/channel';

/** The reason of a thread that is gone because it had no more memory. */
export const outOfMemory = 'The trainer has run out of memory.';

/** A trainer in a thread of its own, wherever the extension host runs. */
export interface TrainerWorker {
  readonly port: Port;
  /** Called once when the thread is gone, with the reason where it was not asked to go. */
  onGone(listener: (reason: string | undefined) => void): void;
  terminate(): void;
}

/** Starts a trainer's worker. */
export type StartTrainerWorker = () => TrainerWorker;
