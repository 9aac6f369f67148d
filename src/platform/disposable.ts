import type { Disposable } from 'vscode';

/** Disposes several objects together, in the reverse order of their addition. */
export class DisposableStore implements Disposable {
  readonly #owned: Disposable[] = [];
  #isDisposed = false;

  /** Takes ownership of an object; disposes it at once if the store is already disposed. */
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
