import type { Disposable } from 'vscode';
import { trainTogether } from '../platform/settings';
import type { LiveSession } from './liveSession';

interface Waiting {
  readonly session: LiveSession;
  readonly settle: (isItsTurn: boolean) => void;
}

/** Lets so many runs train at the same time as the setting allows; the others wait in the order they came. */
export class TrainingQueue implements Disposable {
  readonly #training = new Set<LiveSession>();
  readonly #subscriptions = new Map<LiveSession, Disposable>();
  #waiting: readonly Waiting[] = [];

  /** @param most runs that train at the same time, asked anew each time */
  constructor(readonly most: () => number = trainTogether) {}

  /** Resolves when the session may train; with false when it is over before its turn has come. */
  acquire(session: LiveSession): Promise<boolean> {
    if (!session.isLive) return Promise.resolve(false);
    this.#subscriptions.set(
      session,
      session.onDidChange(() => {
        this.#follow(session);
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

  /** A paused run computes nothing, so it holds up nobody; gone on with by hand, it trains beside the others. */
  #follow(session: LiveSession): void {
    const { state } = session.status;
    const isQueued = this.#waiting.some((waiting) => waiting.session === session);
    if (!session.isLive) {
      this.#subscriptions.get(session)?.dispose();
      this.#subscriptions.delete(session);
    }
    if (isQueued) {
      if (session.isLive) return;
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
    while (this.#training.size < this.most()) {
      const [next, ...rest] = this.#waiting;
      if (next === undefined) return;
      this.#waiting = rest;
      this.#training.add(next.session);
      next.session.prepare();
      next.settle(true);
    }
    this.#waiting.forEach(({ session }, index) => {
      session.wait(index + 1);
    });
  }
}
