import { reasonOf } from '../../protocol/channel';

/**
 * What a question is for: `look` goes to another update and comes before all others; `detail` is about the update that
 * is looked at, and falls when another one is; `survey` goes over many updates and waits
 * until there is nothing else.
 */
export type Purpose = 'look' | 'detail' | 'survey';

/**
 * Lets in what was asked meanwhile; whoever answers for long calls it every few milliseconds, and keeps nothing half
 * done that others would find.
 *
 * @throws when something more urgent has come: the answer is given up, and begun anew afterwards where it is still wanted
 */
export type Pause = () => Promise<void>;

interface Waiting {
  readonly purpose: Purpose;
  readonly update: number;
  /** Resolves with whether it was answered, be it with a failure; else it was broken off. */
  answer(): Promise<boolean>;
  refuse(error: unknown): void;
}

/** Breaks off an answer. */
class Interruption extends Error {
  override readonly name = 'Interruption';
}

const urgency = ['look', 'detail', 'survey'] as const satisfies readonly Purpose[];

/**
 * The questions about single updates, answered one at a time because they share one replay. Who leafs on does not wait
 * for what was asked about the updates left behind, nor for the rest of an answer that has been begun.
 */
export class RequestQueue {
  #waiting: readonly Waiting[] = [];
  #isAnswering = false;
  #lookedAt: number | undefined;

  /** @param yieldToMessages lets in what was asked meanwhile: it may be more urgent */
  constructor(readonly yieldToMessages: () => Promise<void>) {}

  /** @throws what `answer` throws, and for a detail when another update was looked at before its turn came */
  ask<Answer>(purpose: Purpose, update: number, answer: (pause: Pause) => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, refuse) => {
      const waiting: Waiting = {
        purpose,
        update,
        answer: () =>
          answer(() => this.#pause(purpose)).then(
            (value) => {
              resolve(value);
              return true;
            },
            (error: unknown) => {
              if (error instanceof Interruption) return false;
              refuse(error instanceof Error ? error : new Error(reasonOf(error)));
              return true;
            },
          ),
        refuse,
      };
      if (purpose === 'look') {
        this.#lookedAt = update;
        this.#waiting = [waiting, ...this.#waiting];
      } else this.#waiting = [...this.#waiting, waiting];
      void this.#answerAll();
    });
  }

  async #pause(purpose: Purpose): Promise<void> {
    await this.yieldToMessages();
    const rank = urgency.indexOf(purpose);
    if (this.#waiting.some((other) => urgency.indexOf(other.purpose) < rank)) throw new Interruption();
  }

  async #answerAll(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const isLeftBehind = next.purpose === 'detail' && next.update !== (this.#lookedAt ?? next.update);
      if (isLeftBehind) next.refuse(new Error(`Update ${this.#lookedAt ?? NaN} is looked at by now.`));
      // What was broken off had its turn: it comes before its like.
      else if (!(await next.answer())) this.#waiting = [next, ...this.#waiting];
      await this.yieldToMessages();
    }
    this.#isAnswering = false;
  }

  /** The most urgent question that waits; of its like the first in the row. */
  #take(): Waiting | undefined {
    const next = urgency
      .map((purpose) => this.#waiting.find((waiting) => waiting.purpose === purpose))
      .find((waiting) => waiting !== undefined);
    this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
    return next;
  }
}
