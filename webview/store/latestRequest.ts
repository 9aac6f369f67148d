import { reasonOf } from '../../src/protocol/channel';

/** The state of a request. While the next reply is pending, the previous one can still be drawn. */
export type RequestState<Result> =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting'; readonly previous: Result | undefined }
  | { readonly kind: 'ready'; readonly value: Result }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * A request whose parameters change faster than replies arrive: one request is pending at a time, and after its reply the
 * newest parameters are sent; those in between are skipped.
 */
export class LatestRequest<Params, Result> {
  #wanted: { readonly key: string; readonly params: Params } | undefined;
  #sentKey = '';
  #isPending = false;
  #state: RequestState<Result> = { kind: 'none' };
  /** The last reply that succeeded; a request that fails in between does not clear it. */
  #previous: Result | undefined;

  /** @param onChange called when the state has changed and should be drawn */
  constructor(
    readonly send: (params: Params) => Promise<Result>,
    readonly onChange: () => void,
  ) {}

  /**
   * Sends these parameters unless they are the last that were sent.
   *
   * @param params undefined where no reply is needed now
   * @param scope the run that the request is about: another run means another request, even with equal parameters
   */
  request(params: Params | undefined, scope: string): RequestState<Result> {
    if (params === undefined) {
      this.#wanted = undefined;
      this.#sentKey = '';
      this.#state = { kind: 'none' };
      this.#previous = undefined;
      return this.#state;
    }
    this.#wanted = { key: `${scope} ${JSON.stringify(params)}`, params };
    this.#sendNewest();
    return this.#state;
  }

  #sendNewest(): void {
    const wanted = this.#wanted;
    if (wanted === undefined || this.#isPending || wanted.key === this.#sentKey) return;
    this.#isPending = true;
    this.#sentKey = wanted.key;
    this.#state = { kind: 'waiting', previous: this.#previous };
    this.send(wanted.params)
      .then(
        (value): RequestState<Result> => ({ kind: 'ready', value }),
        (error: unknown): RequestState<Result> => ({ kind: 'failed', message: reasonOf(error) }),
      )
      .then((state) => {
        this.#isPending = false;
        // A reply that is no longer needed is dropped; the newest parameters are sent instead.
        if (this.#sentKey !== '') {
          this.#state = state;
          if (state.kind === 'ready') this.#previous = state.value;
        }
        this.#sendNewest();
        this.onChange();
      })
      .catch(() => undefined);
  }
}

/** The reply to draw: the current one, or the previous one while the next is pending. */
export function latestValue<Result>(state: RequestState<Result>): Result | undefined {
  return state.kind === 'ready' ? state.value : state.kind === 'waiting' ? state.previous : undefined;
}
