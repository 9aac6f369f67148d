import type { RunSignal } from '../../protocol/trainer';

/** The slots of the shared memory. */
const slots = { pause: 0, stop: 1 } as const;

/**
 * What the host asks of a run outside the queue of messages. A run looks at it before every update, and handles messages
 * less often: thousands of records may be queued before a message.
 *
 * The memory is shared between the training and whoever receives the signals: in a process of its own a thread beside the
 * training, in the browser the page's worker that started it.
 */
export class RunSignals {
  /** Requests to pause, resume or step that the training has handled: a pause that is no newer has had its effect. */
  #handled = 0;

  /** @param shared one number for each slot, all 0 at first */
  constructor(readonly shared: Int32Array<SharedArrayBuffer> = emptySignals()) {}

  /** Receives a signal, on any thread. */
  receive(signal: RunSignal): void {
    switch (signal.kind) {
      case 'pause':
        Atomics.store(this.shared, slots.pause, signal.command);
        return;
      case 'stop':
        Atomics.store(this.shared, slots.stop, 1);
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
    return Atomics.load(this.shared, slots.pause) > this.#handled;
  }

  get isStopWanted(): boolean {
    return Atomics.load(this.shared, slots.stop) !== 0;
  }
}

/** Shared memory without a signal. */
export function emptySignals(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(Object.keys(slots).length * Int32Array.BYTES_PER_ELEMENT));
}
