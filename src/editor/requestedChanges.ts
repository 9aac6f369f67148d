/** Milliseconds that VS Code has to request the content after an event, before the event is fired again. */
const firstTimeout = 1000;

/** Number of times that an event is fired again: VS Code never asks if the user has turned the feature off. */
const maxRepetitions = 6;

/**
 * Fires the change event of a provider so that its content is requested, however slow the window is.
 *
 * VS Code requests the content some time after an event, and starts to wait anew at every further event. It waits as
 * long as the provider's last answers took: on a busy machine more than the half second between two changes of a run,
 * and the content was then never requested. Therefore no event is fired while one has not led to a request; the
 * content that is requested is always the newest. VS Code also drops the request when the editor loses the focus
 * before: then the event is fired again, each time after twice the time, so that a long wait is not cut short.
 */
export class RequestedChanges<Document> {
  /** Documents whose content was not requested since the last event. */
  readonly #notRequested = new Set<Document>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param fire fires the event
   * @param visible the documents whose content is shown
   */
  constructor(
    readonly fire: () => void,
    readonly visible: () => readonly Document[],
  ) {}

  /** The content changed. */
  change(): void {
    if (this.#timer === undefined || !this.#isWaiting()) this.#fire(0);
  }

  /** The content of a document is requested; call this before the content is made. */
  requested(document: Document): void {
    this.#notRequested.delete(document);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #isWaiting(): boolean {
    return this.visible().some((document) => this.#notRequested.has(document));
  }

  #fire(repetitions: number): void {
    clearTimeout(this.#timer);
    this.#notRequested.clear();
    for (const document of this.visible()) this.#notRequested.add(document);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        if (this.#isWaiting() && repetitions < maxRepetitions) this.#fire(repetitions + 1);
      },
      firstTimeout * 2 ** repetitions,
    );
    this.fire();
  }
}
