import type { Disposable, Uri } from 'vscode';
import { memoryLimit } from '../../platform/settings';
import { Channel } from '../../protocol/channel';
import { formatExact } from '../../text/numbers';
import type { TrainerContract, TrainerHostContract } from '../../protocol/trainer';
import type { ReplayRequestName, ReplayRequests } from '../../protocol/replayRequests';
import { runFiles } from '../../run/storage/runFiles';
import { manifestIn, type Manifest } from '../../run/manifest';
import { sentFiles } from '../live/sentFiles';
import { readStoredRunFiles } from '../stored/storedRunFiles';
import { storageHandlers } from './storageHandlers';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';
import { runStorage } from '../files/hostFiles.node';
import { english } from '../../text/translate';

const noLongerShown = english`The panel no longer shows this run.`;
const trainAgain = english`Train again to inspect single updates.`;

/** A worker that replays a run, and the number of updates in the run's manifest. */
interface OpenedReplay {
  readonly channel: Channel<TrainerHostContract, TrainerContract>;
  readonly updates: number;
}

/** Inspects single updates of one stored run by replay, in a worker of its own so that a live run is not delayed. */
export class Inspector implements Disposable {
  #opened: Promise<OpenedReplay> | undefined;
  #worker: TrainerWorker | undefined;
  #isDisposed = false;

  /**
   * @param base the folder that the experiment's paths are relative to
   * @param folder the location of the run's folder
   * @param updatesDone updates of the run so far, as far as this window knows
   */
  constructor(
    readonly base: Uri,
    readonly folder: string,
    readonly startWorker: StartTrainerWorker,
    readonly updatesDone: () => number,
  ) {}

  /**
   * Sends a request about a single update.
   *
   * @throws with a readable reason when the run can't be replayed or the request is invalid
   */
  async ask<Name extends ReplayRequestName>(
    name: Name,
    params: ReplayRequests[Name]['params'],
  ): Promise<ReplayRequests[Name]['result']> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      // What was missing may exist at the next request.
      this.#opened = undefined;
      throw error;
    });
    const { channel, updates } = await this.#opened;
    const made = Math.max(updates, this.updatesDone());
    // A replay would train up to any update that is requested.
    if (params.update > made) {
      throw new Error(english`Update ${params.update} doesn't exist yet; the run has ${formatExact(made)}.`);
    }
    return channel.request(name, params);
  }

  dispose(): void {
    this.#isDisposed = true;
    void this.#opened?.then(
      ({ channel }) => {
        channel.close(noLongerShown);
      },
      () => undefined,
    );
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#opened = undefined;
  }

  async #open(): Promise<OpenedReplay> {
    // The worker starts while the files are read.
    const worker = this.startWorker();
    this.#worker = worker;
    const channel = new Channel<TrainerHostContract, TrainerContract>(worker.port, storageHandlers);
    worker.onExit((reason) => {
      channel.close(reason ?? english`The replay has ended.`);
      // The next request starts another worker, unless one was already started.
      if (this.#worker === worker) this.#opened = undefined;
    });
    try {
      const manifest = await manifestIn(runStorage(this.folder), trainAgain);
      const { facts, updates } = manifest;
      if (facts.recordedBy === undefined) await this.#openReplay(channel, manifest);
      else {
        const params = { info: facts, folder: this.folder, memoryLimit: memoryLimit(this.base) };
        await channel.request('openRecorded', params);
      }
      return { channel, updates };
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  async #openReplay(channel: OpenedReplay['channel'], manifest: Manifest): Promise<void> {
    const { facts } = manifest;
    const { storedExperiment } = await import('../../run/storedExperiment');
    const resolved = storedExperiment(manifest);
    if (resolved.kind === 'refused')
      throw new Error(
        english`The ${runFiles.manifest} of this run can't be read. It holds no experiment of this version. ${trainAgain}`,
      );
    const { experiment } = resolved;
    const files = await readStoredRunFiles(experiment, this.base, facts.dataDigest);
    if (this.#isDisposed) throw new Error(noLongerShown);
    const reply = await channel.request('openReplay', {
      experiment,
      files: sentFiles(files),
      memoryLimit: memoryLimit(this.base),
      kernels: { kernels: facts.kernels, kernelChanges: facts.kernelChanges },
      shards: facts.shards,
      folder: this.folder,
    });
    if (reply.kind === 'refused') throw new Error(reply.problems[0]?.message ?? english`The run can't be replayed.`);
  }
}
