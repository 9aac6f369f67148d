import type { RunSignal } from '../../protocol/trainer';

/** The slots of the shared memory. */
const slots = { pause: 0, stop: 1 } as const;
const slotCount = Object.keys(slots).length;

/**
 * What the host asks of a run outside the queue of messages. A run looks at it before every update, and handles messages
 * less often: thousands of records may be queued before a message.
 *
 * In a process of its own a thread beside the training receives the signals, in memory that both share. In the browser
 * they are messages, which are handled as often as the training yields.
 */
export class RunSignals {
  /** Requests to pause, resume or step that the training has handled: a pause that is no newer has had its effect. */
  #handled = 0;

  /** @param memory one number for each slot, all 0 at first; by default of this thread alone */
  constructor(readonly memory: Int32Array = new Int32Array(slotCount)) {}

  /** Receives a signal, on any thread. */
  receive(signal: RunSignal): void {
    switch (signal.kind) {
      case 'pause':
        Atomics.store(this.memory, slots.pause, signal.command);
        return;
      case 'stop':
        Atomics.store(this.memory, slots.stop, 1);
        return;
      default:
        signal satisfies never;
    }
  }

  /** Notes that the training has received the next request to pause, resume or step, in the order they were sent. */
  noteRequest(): void {
    this.#handled++;
  }

  /** Whether a pause was signaled whose request has not arrived yet. */
  get isPauseWanted(): boolean {
    return Atomics.load(this.memory, slots.pause) > this.#handled;
  }

  get isStopWanted(): boolean {
    return Atomics.load(this.memory, slots.stop) !== 0;
  }
}

/** Memory without a signal, for two threads. */
export function sharedSignals(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(slotCount * Int32Array.BYTES_PER_ELEMENT));
}
