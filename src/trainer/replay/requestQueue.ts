import { reasonOf } from '../../protocol/channel';
import type { ReplayPriority } from '../../protocol/replayRequests';

/**
 * Receives the requests that arrived meanwhile. A long computation calls it every few milliseconds, while no shared state
 * is inconsistent.
 *
 * @throws when a request of a higher priority waits: the computation ends, and starts again afterwards if still needed
 */
export type Pause = () => Promise<void>;

interface QueuedRequest {
  readonly priority: ReplayPriority;
  readonly update: number;
  /** Resolves to whether it was answered, with a result or an error; false where it was interrupted. */
  answer(): Promise<boolean>;
  reject(error: unknown): void;
}

/** Ends a computation in favor of another request. */
class Interruption extends Error {
  override readonly name = 'Interruption';
}

const priorities = ['selection', 'detail', 'background'] as const satisfies readonly ReplayPriority[];

/**
 * The requests about single updates, answered one at a time because they share one replay. The selection of another update
 * waits neither for requests about earlier ones nor for the rest of a running computation.
 */
export class RequestQueue {
  #queued: readonly QueuedRequest[] = [];
  #isAnswering = false;
  #selectedUpdate: number | undefined;

  /** @param yieldToMessages receives the requests that arrived meanwhile: they may have a higher priority */
  constructor(readonly yieldToMessages: () => Promise<void>) {}

  /** @throws what `answer` throws, and for a detail when another update was selected before it was answered */
  add<Answer>(priority: ReplayPriority, update: number, answer: (pause: Pause) => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request: QueuedRequest = {
        priority,
        update,
        answer: () =>
          answer(() => this.#pause(priority)).then(
            (value) => {
              resolve(value);
              return true;
            },
            (error: unknown) => {
              if (error instanceof Interruption) return false;
              reject(error instanceof Error ? error : new Error(reasonOf(error)));
              return true;
            },
          ),
        reject,
      };
      if (priority === 'selection') {
        this.#selectedUpdate = update;
        this.#queued = [request, ...this.#queued];
      } else this.#queued = [...this.#queued, request];
      void this.#answerAll();
    });
  }

  async #pause(priority: ReplayPriority): Promise<void> {
    await this.yieldToMessages();
    const rank = priorities.indexOf(priority);
    if (this.#queued.some((other) => priorities.indexOf(other.priority) < rank)) throw new Interruption();
  }

  async #answerAll(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const isOutdated = next.priority === 'detail' && next.update !== (this.#selectedUpdate ?? next.update);
      if (isOutdated) next.reject(new Error(`Update ${this.#selectedUpdate ?? NaN} is selected now.`));
      // An interrupted request has waited once: it comes before others of its priority.
      else if (!(await next.answer())) this.#queued = [next, ...this.#queued];
      await this.yieldToMessages();
    }
    this.#isAnswering = false;
  }

  /** The request of the highest priority; of equal ones the first in the queue. */
  #take(): QueuedRequest | undefined {
    const next = priorities
      .map((priority) => this.#queued.find((request) => request.priority === priority))
      .find((request) => request !== undefined);
    this.#queued = this.#queued.filter((request) => request !== next);
    return next;
  }
}
