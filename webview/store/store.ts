import type { Model } from './model';
import type { Action } from './reducer';

/** Holds a model; notifies listeners once a frame, however many actions are dispatched in between. */
export class Store<M = Model, A = Action> {
  readonly #listeners: ((model: M) => void)[] = [];
  #model: M;
  #frame: number | undefined;

  /** @param reduce the model after an action */
  constructor(
    model: M,
    readonly reduce: (model: M, action: A) => M,
  ) {
    this.#model = model;
  }

  get model(): M {
    return this.#model;
  }

  dispatch(action: A): void {
    this.#model = this.reduce(this.#model, action);
    this.redraw();
  }

  /** Notifies listeners at the next frame although the model is the same: a cell has something else to draw. */
  redraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      for (const listener of this.#listeners) listener(this.#model);
    });
  }

  subscribe(listener: (model: M) => void): void {
    this.#listeners.push(listener);
  }
}
