import type { Model } from './model';
import { reduce, type Action } from './reducer';

/** Holds the model; tells listeners once a frame, however many actions came in between. */
export class Store {
  readonly #listeners: ((model: Model) => void)[] = [];
  #model: Model;
  #frame: number | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  get model(): Model {
    return this.#model;
  }

  dispatch(action: Action): void {
    this.#model = reduce(this.#model, action);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      for (const listener of this.#listeners) listener(this.#model);
    });
  }

  subscribe(listener: (model: Model) => void): void {
    this.#listeners.push(listener);
  }
}
