import type { Port } from '../../protocol/channel';
import type { RunSignal } from '../../protocol/trainer';
import { english } from '../../text/translate';

/** The exit reason of a trainer that ran out of memory. */
export const outOfMemory = english`The trainer ran out of memory.`;

/** A trainer outside the extension host: a process of its own, in the browser a worker. */
export interface TrainerWorker {
  readonly port: Port;
  /** The id of its process; undefined if it has none of its own. */
  readonly processId: number | undefined;
  /** Calls the listener once the trainer has exited and its messages have arrived; `reason` is undefined for an expected exit. */
  onExit(listener: (reason: string | undefined) => void): void;
  /** Tells its run something at once, past the messages that wait. */
  signal(signal: RunSignal): void;
  /** Kills it immediately. */
  terminate(): void;
  /** Tells it to save its data; it exits within a second, also if the extension host exits first. */
  saveAndExit(): void;
}

/** Starts a trainer. */
export type StartTrainerWorker = () => TrainerWorker;
