import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import type { Session } from './session';

/** The target of a run: an experiment file, or one of its variants; of several seeds, with one of them. */
export interface Target {
  readonly uri: Uri;
  readonly variant: string | undefined;
  /** One of the experiment's `seeds`; undefined where it has none. */
  readonly seed?: number | undefined;
}

/** Identifies a target. */
export function targetKey({ uri, variant, seed }: Target): string {
  return JSON.stringify([uri.toString(), variant ?? null, ...(seed === undefined ? [] : [seed])]);
}

/** The sessions of this window, at most one per target; a new one replaces the old one. */
export class Sessions implements Disposable {
  readonly #sessions = new Map<string, { readonly session: Session; readonly subscriptions: readonly Disposable[] }>();
  readonly #changed = new EventEmitter<Session>();
  readonly #replaced = new EventEmitter<Session>();
  #latest: Session | undefined;

  /** Fires for every change of any session. */
  readonly onDidChange: Event<Session> = this.#changed.event;
  /** Fires when a target's session was replaced. */
  readonly onDidReplace: Event<Session> = this.#replaced.event;

  /** The session for commands without a target: the live one started last, else the one started last. */
  get current(): Session | undefined {
    if (this.#latest?.isLive === true) return this.#latest;
    return [...this.#sessions.values()].reverse().find(({ session }) => session.isLive)?.session ?? this.#latest;
  }

  get(target: Target): Session | undefined {
    return this.#sessions.get(targetKey(target))?.session;
  }

  /** Every session, the oldest first. */
  get all(): readonly Session[] {
    return [...this.#sessions.values()].map(({ session }) => session);
  }

  /** The session whose run is saved in this folder, live or over; the newest if the run was resumed. */
  withFolder(folder: string): Session | undefined {
    return this.all.findLast((session) => session.folder === folder);
  }

  /** The sessions of one experiment file. */
  of(uri: Uri): readonly Session[] {
    return this.all.filter((session) => session.uri.toString() === uri.toString());
  }

  /** The sessions of a target; without a seed, those of all seeds of the experiment or variant. */
  ofTarget(target: Target): readonly Session[] {
    return this.of(target.uri).filter(
      ({ variant, seed }) => variant === target.variant && (target.seed === undefined || seed === target.seed),
    );
  }

  /** Adds the session of a run that was started or opened; the one it replaces is disposed. */
  put(session: Session): void {
    this.#drop(targetKey(session));
    this.#latest = session;
    this.#set(session);
  }

  /** Replaces a session by another one of the same target; the replaced one is disposed. */
  replace(replaced: Session, session: Session): void {
    if (this.#latest === replaced) this.#latest = session;
    this.#release(targetKey(session));
    this.#set(session);
  }

  dispose(): void {
    for (const key of [...this.#sessions.keys()]) this.#drop(key);
    this.#changed.dispose();
    this.#replaced.dispose();
  }

  #set(session: Session): void {
    const subscriptions = [
      session.onDidChange(() => {
        this.#changed.fire(session);
      }),
    ];
    this.#sessions.set(targetKey(session), { session, subscriptions });
    this.#replaced.fire(session);
    this.#changed.fire(session);
  }

  #drop(key: string): void {
    this.#release(key);
    this.#sessions.delete(key);
  }

  #release(key: string): void {
    const entry = this.#sessions.get(key);
    if (entry === undefined) return;
    for (const subscription of entry.subscriptions) subscription.dispose();
    entry.session.dispose();
  }
}
