import type { Disposable } from 'vscode';
import { trainTogether } from '../../platform/settings';
import type { LiveSession } from './liveSession';

interface Waiting {
  readonly session: LiveSession;
  readonly settle: (isAcquired: boolean) => void;
}

/**
 * Limits how many runs train at the same time to the setting; the others wait in order of arrival. One that is paused while
 * it waits keeps its place, and lets the others pass.
 */
export class TrainingQueue implements Disposable {
  readonly #training = new Set<LiveSession>();
  readonly #subscriptions = new Map<LiveSession, Disposable>();
  #waiting: readonly Waiting[] = [];

  /** @param limit the maximum number of runs that train at the same time; read again each time */
  constructor(readonly limit: () => number = trainTogether) {}

  /** Resolves to true when the session may train, to false if it ended while waiting. */
  acquire(session: LiveSession): Promise<boolean> {
    if (!session.isLive) return Promise.resolve(false);
    this.#subscriptions.set(
      session,
      session.onDidChange(() => {
        this.#update(session);
      }),
    );
    return new Promise((settle) => {
      this.#waiting = [...this.#waiting, { session, settle }];
      this.#pump();
    });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions.values()) subscription.dispose();
    for (const { settle } of this.#waiting) settle(false);
    this.#subscriptions.clear();
    this.#waiting = [];
  }

  /** A paused run frees its slot; when it is resumed by hand, it trains in addition to the others. */
  #update(session: LiveSession): void {
    const { state } = session.status;
    const isQueued = this.#waiting.some((waiting) => waiting.session === session);
    if (!session.isLive) {
      this.#subscriptions.get(session)?.dispose();
      this.#subscriptions.delete(session);
    }
    if (isQueued) {
      // It may have been held or resumed.
      if (session.isLive) {
        this.#pump();
        return;
      }
      const [left] = this.#waiting.filter((waiting) => waiting.session === session);
      this.#waiting = this.#waiting.filter((waiting) => waiting !== left);
      left?.settle(false);
    } else if (state === 'preparing' || state === 'running') {
      this.#training.add(session);
      return;
    } else if (!this.#training.delete(session)) {
      return;
    }
    this.#pump();
  }

  #pump(): void {
    while (this.#training.size < this.limit()) {
      const next = this.#inLine()[0];
      if (next === undefined) return;
      this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
      this.#training.add(next.session);
      next.session.prepare();
      next.settle(true);
    }
    this.#inLine().forEach(({ session }, index) => {
      session.wait(index + 1);
    });
  }

  /** Those that take their turn, in its order. */
  #inLine(): readonly Waiting[] {
    return this.#waiting.filter(({ session }) => !session.isHeld);
  }
}
