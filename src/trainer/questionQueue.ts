/**
 * What a question is for: `look` goes to another update and comes before all others; `detail` is about the update that
 * is looked at, and falls when another one is; `survey` goes over many updates and waits for its turn.
 */
export type Purpose = 'look' | 'detail' | 'survey';

interface Waiting {
  readonly purpose: Purpose;
  readonly update: number;
  answer(): Promise<void>;
  refuse(error: unknown): void;
}

/**
 * The questions about single updates, answered one at a time because they share one replay. Who leafs on does not wait
 * for what was asked about the updates left behind.
 */
export class QuestionQueue {
  readonly #waiting: Waiting[] = [];
  #isAnswering = false;
  #lookedAt: number | undefined;

  /** @param yieldToMessages lets in what was asked meanwhile: it may be more urgent */
  constructor(readonly yieldToMessages: () => Promise<void>) {}

  /** @throws what `answer` throws, and for a detail when another update was looked at before its turn came */
  ask<Answer>(purpose: Purpose, update: number, answer: () => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, refuse) => {
      const waiting: Waiting = { purpose, update, answer: () => answer().then(resolve, refuse), refuse };
      if (purpose === 'look') {
        this.#lookedAt = update;
        this.#waiting.unshift(waiting);
      } else this.#waiting.push(waiting);
      void this.#answerAll();
    });
  }

  async #answerAll(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const isLeftBehind = next.purpose === 'detail' && next.update !== (this.#lookedAt ?? next.update);
      if (isLeftBehind) next.refuse(new Error(`Update ${this.#lookedAt ?? NaN} is looked at by now.`));
      else await next.answer();
      await this.yieldToMessages();
    }
    this.#isAnswering = false;
  }
}
