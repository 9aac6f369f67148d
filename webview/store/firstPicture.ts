import type { Model, ShownRun } from './model';
import type { Store } from './store';

/** Tells the host when the first picture of a run is on the screen: a new run is held until then, a second at most. */
export class FirstPicture {
  /** The run that was drawn last; the same run keeps its info. */
  #drawn: ShownRun['info'] | undefined;

  /** @param onDrawn called once for each run, in the frame after the one that has drawn it */
  constructor(
    store: Pick<Store, 'subscribe'>,
    readonly onDrawn: () => void,
  ) {
    store.subscribe((model) => {
      this.#follow(model);
    });
  }

  #follow({ run }: Model): void {
    if (run === undefined || run.info === this.#drawn) return;
    this.#drawn = run.info;
    requestAnimationFrame(this.onDrawn);
  }
}
