import type { Disposable } from 'vscode';
import { Channel, type RequestName } from '../../protocol/channel';
import type { TrainerContract, TrainerHostContract } from '../../protocol/trainer';
import { storageHandlers } from './storageHandlers';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';

type Params<Name extends RequestName<TrainerContract>> = TrainerContract['requests'][Name]['params'];
type Result<Name extends RequestName<TrainerContract>> = TrainerContract['requests'][Name]['result'];

/** A trainer for single requests: started at the first one, terminated when idle. */
export class OnDemandTrainer implements Disposable {
  #live:
    { readonly worker: TrainerWorker; readonly channel: Channel<TrainerHostContract, TrainerContract> } | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Requests without a reply yet. */
  #pending = 0;

  /** @param idleMilliseconds time without a request after which it is terminated */
  constructor(
    readonly start: StartTrainerWorker,
    readonly idleMilliseconds: number,
  ) {}

  /**
   * Sends a request; one that comes after the trainer has died starts another.
   *
   * @throws the error of the trainer's handler, and when the trainer can't be started or exits before it replies
   */
  async request<Name extends RequestName<TrainerContract>>(name: Name, params: Params<Name>): Promise<Result<Name>> {
    clearTimeout(this.#idle);
    const { channel } = (this.#live ??= this.#connect());
    this.#pending++;
    try {
      return await channel.request(name, params);
    } finally {
      this.#pending--;
      clearTimeout(this.#idle);
      if (this.#pending === 0) {
        this.#idle = setTimeout(() => {
          this.#end('No request has come for a while.');
        }, this.idleMilliseconds);
      }
    }
  }

  /** Hands over the trainer if it is idle, so that another need not be started. */
  handOver(): TrainerWorker | undefined {
    const live = this.#live;
    if (live === undefined || this.#pending > 0) return undefined;
    clearTimeout(this.#idle);
    this.#live = undefined;
    live.channel.close('The trainer is used for a run.');
    return live.worker;
  }

  /** Terminates the trainer if requests are pending; they reject with the reason. */
  abandon(reason: string): void {
    if (this.#pending > 0) this.#end(reason);
  }

  dispose(): void {
    this.#end('The window was closed.');
  }

  #connect(): { readonly worker: TrainerWorker; readonly channel: Channel<TrainerHostContract, TrainerContract> } {
    const worker = this.start();
    const live = { worker, channel: new Channel<TrainerHostContract, TrainerContract>(worker.port, storageHandlers) };
    worker.onExit((reason) => {
      live.channel.close(reason ?? 'The trainer was ended.');
      if (this.#live === live) this.#live = undefined;
    });
    return live;
  }

  #end(reason: string): void {
    clearTimeout(this.#idle);
    const live = this.#live;
    this.#live = undefined;
    live?.channel.close(reason);
    live?.worker.terminate();
  }
}
