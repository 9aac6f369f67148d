import type { Store } from './store';

/** Seconds that a whole run takes at speed 1. */
const wholeSeconds = 20;

/** The speeds to choose from, as multiples. */
export const speeds = [0.25, 0.5, 1, 2, 4] as const;

/** A clock that calls back about once per frame. */
export interface FrameClock {
  /** Milliseconds. */
  now(): number;
  /** @returns cancels the call */
  next(call: () => void): () => void;
}

/**
 * Plays a recorded run: moves the selection through its updates, and with it all pictures, as time passes. Another
 * selection by the user, or the end of the run, stops it.
 */
export class RunPlayback {
  #speed: (typeof speeds)[number] = 1;
  #cancel: (() => void) | undefined;
  /** Where and when the playback was started, or its speed changed. */
  #origin = { update: 0, at: 0 };
  /** The update that it selected last. */
  #shown: number | undefined;

  constructor(
    readonly store: Pick<Store, 'model' | 'dispatch' | 'redraw'>,
    readonly clock: FrameClock,
  ) {}

  get isPlaying(): boolean {
    return this.#cancel !== undefined;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Plays from the selected update; from the first one where the last or none is selected. */
  start(): void {
    const { run, view } = this.store.model;
    if (run === undefined || run.status.updates < 2) return;
    const last = run.status.updates - 1;
    const selected = view.selection?.update ?? last;
    this.#begin(selected >= last ? 0 : selected);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.store.redraw();
  }

  /** The next speed; after the last one the first. */
  changeSpeed(): void {
    this.#speed = speeds[(speeds.indexOf(this.#speed) + 1) % speeds.length] ?? 1;
    if (this.isPlaying && this.#shown !== undefined) this.#begin(this.#shown);
    else this.store.redraw();
  }

  #begin(update: number): void {
    this.#cancel?.();
    this.#origin = { update, at: this.clock.now() };
    this.#select(update);
    this.#schedule();
  }

  #schedule(): void {
    this.#cancel = this.clock.next(() => {
      this.#step();
    });
  }

  #step(): void {
    const { run, view } = this.store.model;
    if (run === undefined || view.selection?.update !== this.#shown) {
      this.stop();
      return;
    }
    const last = run.status.updates - 1;
    const seconds = (this.clock.now() - this.#origin.at) / 1000;
    const update = Math.min(
      last,
      Math.floor(this.#origin.update + (seconds * this.#speed * (last + 1)) / wholeSeconds),
    );
    if (update !== this.#shown) this.#select(update);
    if (update >= last) this.stop();
    else if (this.isPlaying) this.#schedule();
  }

  #select(update: number): void {
    this.#shown = update;
    const t = this.store.model.view.selection?.t;
    this.store.dispatch({ kind: 'hoverChanged', point: undefined });
    this.store.dispatch({ kind: 'viewChanged', view: { selection: { update, t } } });
  }
}

/** The frames of the page; with reduced motion two steps a second. */
export function pageClock(isMotionReduced: () => boolean): FrameClock {
  return {
    now: () => performance.now(),
    next: (call) => {
      if (isMotionReduced()) {
        const timer = setTimeout(call, 500);
        return () => {
          clearTimeout(timer);
        };
      }
      const frame = requestAnimationFrame(call);
      return () => {
        cancelAnimationFrame(frame);
      };
    },
  };
}
