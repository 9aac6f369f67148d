import { defaultKernelSet, openKernels, runnableKernelSets } from '../engine/kernels/open';
import type { Inspection } from '../protocol/inspection';
import type { ReplayParams, ReplayReply } from '../protocol/trainer';
import { runFiles } from '../run/layout';
import { readRateChanges } from '../run/rateChanges';
import type { RunStorage } from '../run/storage';
import { inspectionOf } from './inspection';
import { planTraining, type TrainingPlan } from './plan';
import { Replay } from './replay';
import { Training } from './training';

/** The replay of one kept run, as a worker serves it: opened once, then asked for single updates. */
export class ReplayService {
  #opened: { readonly plan: TrainingPlan; readonly replay: Replay } | undefined;
  /** Requests come faster than replays end; each waits for the one before it, because they share one training. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param clock seconds on a clock that never goes back */
  constructor(
    readonly openFolder: (folder: string) => RunStorage,
    readonly clock: () => number,
  ) {}

  async open({ experiment, files, memoryLimit, kernels, folder }: ReplayParams): Promise<ReplayReply> {
    const recorded = runnableKernelSets().find((name) => name === kernels);
    const planned = planTraining({
      experiment,
      files,
      kernels: openKernels(recorded ?? defaultKernelSet()),
      memoryLimit,
    });
    if (planned.kind === 'refused') return planned;
    const { plan } = planned;
    const storage = this.openFolder(folder);
    const changes = readRateChanges(await storage.read(runFiles.rateChanges));
    this.#opened = { plan, replay: new Replay(new Training(plan, this.clock), storage, changes) };
    const notice =
      recorded === undefined
        ? `This run was computed by the ${kernels} kernels, which cannot run here; the ${plan.kernels.name} kernels replay it, and its numbers differ in the last digits.`
        : undefined;
    return { kind: 'opened', notice };
  }

  /** @throws when nothing was opened, or the run has no such update or sequence */
  inspect(update: number, sequence: number): Promise<Inspection> {
    const looked = this.#last.then(() => this.#inspect(update, sequence));
    this.#last = looked.catch(() => undefined);
    return looked;
  }

  async #inspect(update: number, sequence: number): Promise<Inspection> {
    if (this.#opened === undefined) throw new Error('No run has been opened to be replayed.');
    const { plan, replay } = this.#opened;
    return inspectionOf(await replay.capture(update), plan, sequence);
  }
}
