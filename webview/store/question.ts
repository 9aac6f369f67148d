import { reasonOf } from '../../src/protocol/channel';

/** How far the answer to a question is. While another one is awaited, the last one is still there to be looked at. */
export type RequestState<Result> =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting'; readonly last: Result | undefined }
  | { readonly kind: 'ready'; readonly value: Result }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Keeps the answer to a question that changes faster than it is answered: one is under way at a time, and when it is
 * answered the newest is asked; those in between are left out.
 */
export class LatestRequest<Params, Result> {
  #wanted: { readonly key: string; readonly params: Params } | undefined;
  #asked = '';
  #isUnderWay = false;
  #answer: RequestState<Result> = { kind: 'none' };
  /** The last answer that there was; a question that failed in between does not blank it. */
  #last: Result | undefined;

  /** @param onAnswer called when there is another answer to be drawn */
  constructor(
    readonly ask: (params: Params) => Promise<Result>,
    readonly onAnswer: () => void,
  ) {}

  /** What is known of the answer to this question; `of` is another one for another run, whatever the parameters. */
  want(params: Params | undefined, of: string): RequestState<Result> {
    if (params === undefined) {
      this.#wanted = undefined;
      this.#asked = '';
      this.#answer = { kind: 'none' };
      this.#last = undefined;
      return this.#answer;
    }
    this.#wanted = { key: `${of} ${JSON.stringify(params)}`, params };
    this.#follow();
    return this.#answer;
  }

  #follow(): void {
    const wanted = this.#wanted;
    if (wanted === undefined || this.#isUnderWay || wanted.key === this.#asked) return;
    this.#isUnderWay = true;
    this.#asked = wanted.key;
    this.#answer = { kind: 'waiting', last: this.#last };
    this.ask(wanted.params)
      .then(
        (value): RequestState<Result> => ({ kind: 'ready', value }),
        (error: unknown): RequestState<Result> => ({ kind: 'failed', message: reasonOf(error) }),
      )
      .then((answer) => {
        this.#isUnderWay = false;
        // An answer that nobody waits for any more is not kept; the newest question is asked instead.
        if (this.#asked !== '') {
          this.#answer = answer;
          if (answer.kind === 'ready') this.#last = answer.value;
        }
        this.#follow();
        this.onAnswer();
      })
      .catch(() => undefined);
  }
}

/** The answer to be drawn: the present one, or the last while the next is awaited. */
export function drawable<Result>(answer: RequestState<Result>): Result | undefined {
  return answer.kind === 'ready' ? answer.value : answer.kind === 'waiting' ? answer.last : undefined;
}
