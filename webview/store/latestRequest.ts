import { reasonOf } from '../../src/protocol/channel';

/** How far the answer to a question is. While another one is awaited, the last one is still there to be looked at. */
export type RequestState<Result> =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting'; readonly previous: Result | undefined }
  | { readonly kind: 'ready'; readonly value: Result }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Keeps the answer to a question that changes faster than it is answered: one is under way at a time, and when it is
 * answered the newest is asked; those in between are left out.
 */
export class LatestRequest<Params, Result> {
  #wanted: { readonly key: string; readonly params: Params } | undefined;
  #sentKey = '';
  #isPending = false;
  #state: RequestState<Result> = { kind: 'none' };
  /** The last answer that there was; a question that failed in between does not blank it. */
  #previous: Result | undefined;

  /** @param onChange called when there is another answer to be drawn */
  constructor(
    readonly send: (params: Params) => Promise<Result>,
    readonly onChange: () => void,
  ) {}

  /** What is known of the answer to this question; `of` is another one for another run, whatever the parameters. */
  request(params: Params | undefined, of: string): RequestState<Result> {
    if (params === undefined) {
      this.#wanted = undefined;
      this.#sentKey = '';
      this.#state = { kind: 'none' };
      this.#previous = undefined;
      return this.#state;
    }
    this.#wanted = { key: `${of} ${JSON.stringify(params)}`, params };
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
      .then((answer) => {
        this.#isPending = false;
        // An answer that nobody waits for any more is not kept; the newest question is asked instead.
        if (this.#sentKey !== '') {
          this.#state = answer;
          if (answer.kind === 'ready') this.#previous = answer.value;
        }
        this.#sendNewest();
        this.onChange();
      })
      .catch(() => undefined);
  }
}

/** The answer to be drawn: the present one, or the last while the next is awaited. */
export function latestValue<Result>(answer: RequestState<Result>): Result | undefined {
  return answer.kind === 'ready' ? answer.value : answer.kind === 'waiting' ? answer.previous : undefined;
}
