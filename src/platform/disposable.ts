import type { Disposable } from 'vscode';

/** Owns things that must be disposed together, in the reverse order of their coming. */
export class DisposableStore implements Disposable {
  readonly #owned: Disposable[] = [];
  #isDisposed = false;

  /** Takes ownership; disposes at once when the store is already gone. */
  add<T extends Disposable>(thing: T): T {
    if (this.#isDisposed) thing.dispose();
    else this.#owned.push(thing);
    return thing;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const thing of this.#owned.splice(0).reverse()) thing.dispose();
  }
}
