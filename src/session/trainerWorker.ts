import type { Port } from '../protocol/channel';

/** Why a trainer is gone that had no more memory. */
export const outOfMemory = 'The trainer ran out of memory.';

/** A trainer beside the extension host: a process of its own, in the browser a worker. */
export interface TrainerWorker {
  readonly port: Port;
  /** The process it runs in; undefined where it has none of its own. */
  readonly processId: number | undefined;
  /** Called once when the trainer is gone and all that it sent has arrived, with the reason where it was not asked to go. */
  onExit(listener: (reason: string | undefined) => void): void;
  /** Ends it at once, whatever it does. */
  terminate(): void;
  /** Lets it save what it has; it ends by itself within a second, also where the extension host ends meanwhile. */
  saveAndExit(): void;
}

/** Starts a trainer. */
export type StartTrainerWorker = () => TrainerWorker;
