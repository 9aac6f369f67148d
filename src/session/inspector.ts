import { Uri, workspace, type Disposable } from 'vscode';
import { parseExperiment } from '../experiment/parse';
import { memoryLimit } from '../platform/settings';
import { Channel } from '../protocol/channel';
import type { ReplayParams, TrainerContract, TrainerHostContract } from '../protocol/trainer';
import type { UpdateQuestion, UpdateQuestions } from '../protocol/updateQuestions';
import { runFiles } from '../run/layout';
import { readManifest, type Manifest } from '../run/manifest';
import { readKeptFiles } from './keptFiles';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';

/** Looks at single updates of one kept run, by replay in a worker of its own, so that a live run is not held up. */
export class Inspector implements Disposable {
  #opened: Promise<Channel<TrainerHostContract, TrainerContract>> | undefined;
  #worker: TrainerWorker | undefined;

  /**
   * @param base the folder that the experiment's paths are relative to
   * @param folder of the run
   */
  constructor(
    readonly base: Uri,
    readonly folder: string,
    readonly startWorker: StartTrainerWorker,
  ) {}

  /**
   * Asks one of the questions about a single update.
   *
   * @throws with a readable reason when the run cannot be replayed or has nothing of what is asked for
   */
  async ask<Name extends UpdateQuestion>(
    name: Name,
    params: UpdateQuestions[Name]['params'],
  ): Promise<UpdateQuestions[Name]['result']> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      // What was missing may be there at the next look.
      this.#opened = undefined;
      throw error;
    });
    const channel = await this.#opened;
    return channel.request(name, params);
  }

  dispose(): void {
    void this.#opened?.then(
      (channel) => {
        channel.close('The panel no longer shows this run.');
      },
      () => undefined,
    );
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#opened = undefined;
  }

  async #open(): Promise<Channel<TrainerHostContract, TrainerContract>> {
    const { experiment, kernels, facts } = await this.#manifest();
    const files = await readKeptFiles(experiment, this.base, facts.dataDigest);
    const worker = this.startWorker();
    this.#worker = worker;
    const channel = new Channel<TrainerHostContract, TrainerContract>(worker.port, {});
    worker.onGone((reason) => {
      channel.close(reason ?? 'The replay has ended.');
      // The next look starts another worker.
      this.#opened = undefined;
    });
    const reply = await channel.request('openReplay', {
      experiment,
      files,
      memoryLimit: memoryLimit(this.base),
      kernels,
      shards: facts.shards,
      folder: this.folder,
    });
    if (reply.kind === 'refused') throw new Error(reply.refusals[0]?.message ?? 'The run cannot be replayed.');
    return channel;
  }

  async #manifest(): Promise<Pick<ReplayParams, 'experiment'> & Pick<Manifest, 'kernels' | 'facts'>> {
    const bytes = await workspace.fs.readFile(Uri.joinPath(Uri.file(this.folder), runFiles.manifest));
    const manifest: Manifest | undefined = readManifest(bytes);
    const parsed = parseExperiment(JSON.stringify(manifest?.experiment ?? null));
    const resolved = parsed.kind === 'experiment' ? parsed.file.resolve() : undefined;
    if (manifest === undefined || resolved?.kind !== 'resolved') {
      throw new Error(`The ${runFiles.manifest} of this run cannot be read: train again to look at single updates.`);
    }
    return { experiment: resolved.experiment, kernels: manifest.kernels, facts: manifest.facts };
  }
}
