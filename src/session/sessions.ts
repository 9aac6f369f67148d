import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import type { Session } from './session';

/** Which run is meant: an experiment file and, where not the file itself, one of its variants. */
export interface Target {
  readonly uri: Uri;
  readonly variant: string | undefined;
}

/** All runs of this window, at most one for each target; the newest one takes the older one's place. */
export class Sessions implements Disposable {
  readonly #sessions = new Map<string, { readonly session: Session; readonly subscriptions: readonly Disposable[] }>();
  readonly #changed = new EventEmitter<Session>();
  readonly #replaced = new EventEmitter<Session>();
  #latest: Session | undefined;

  /** Fires for every change of any session. */
  readonly onDidChange: Event<Session> = this.#changed.event;
  /** Fires when a target has another session than before. */
  readonly onDidReplace: Event<Session> = this.#replaced.event;

  /** The session that a command without a target means: the one last started that is live, else the last one. */
  get current(): Session | undefined {
    if (this.#latest?.isLive === true) return this.#latest;
    return [...this.#sessions.values()].reverse().find(({ session }) => session.isLive)?.session ?? this.#latest;
  }

  get(target: Target): Session | undefined {
    return this.#sessions.get(keyOf(target))?.session;
  }

  /** Every session, the oldest first. */
  get all(): readonly Session[] {
    return [...this.#sessions.values()].map(({ session }) => session);
  }

  /** The session whose run is kept in this folder, live or over; the newest, where it was gone on with. */
  withFolder(folder: string): Session | undefined {
    return this.all.findLast((session) => session.folder === folder);
  }

  /** The sessions of one experiment file. */
  of(uri: Uri): readonly Session[] {
    return this.all.filter((session) => session.uri.toString() === uri.toString());
  }

  /** Adds the session of a run that a person has started or opened; the one it replaces is disposed. */
  put(session: Session): void {
    this.#drop(keyOf(session));
    this.#latest = session;
    this.#set(session);
  }

  /** Puts another session of the same target in a session's place; the replaced one is disposed. */
  replace(replaced: Session, session: Session): void {
    if (this.#latest === replaced) this.#latest = session;
    this.#release(keyOf(session));
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
    this.#sessions.set(keyOf(session), { session, subscriptions });
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

function keyOf({ uri, variant }: Target): string {
  return JSON.stringify([uri.toString(), variant ?? null]);
}
