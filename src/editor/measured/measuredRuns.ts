import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import type { ExperimentFile } from '../../experiment/experimentFile';
import { DisposableStore } from '../../platform/disposable';
import { isLive } from '../../protocol/run';
import type { MeasuredRun } from '../../run/measuredRun';
import { Inspector } from '../../session/trainers/inspector';
import type { StartTrainerWorker } from '../../session/trainers/trainerWorker';
import type { RunIndex } from '../../session/stored/runIndex';
import type { RunReader } from '../../session/stored/runReader';
import type { StoredRun } from '../../session/stored/storedRun';
import { changedKeys } from '../../session/changedKeys';
import { locationOf } from '../../session/files/location';

/** The values of the newest run of an experiment. */
export interface MeasuredValues {
  readonly run: StoredRun;
  readonly measured: MeasuredRun;
  /**
   * ‖g − g_full‖ / ‖g_full‖ of the last update of a truncated run, g_full with full BPTT; undefined where it was not
   * measured.
   */
  readonly truncationBias: number | undefined;
  /** Keys that have changed since the run; none if it is one of exactly this configuration. */
  readonly changed: readonly string[];
}

/** Maximum number of runs whose values are cached. */
const maxCached = 50;

/** Most updates that are replayed to measure how far truncation is off. */
const maxReplayed = 2000;

/** Finds the newest stored run of an experiment and reads its values in a trainer process. */
export class MeasuredRuns implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<undefined>());
  /** Least recently used first. */
  readonly #cached = new Map<string, Promise<Omit<MeasuredValues, 'run' | 'changed'> | undefined>>();

  /** Fires when runs were added, removed or changed. */
  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor(
    readonly index: RunIndex,
    readonly reader: RunReader,
    readonly startWorker: StartTrainerWorker,
  ) {
    this.#owned.add(
      index.onDidChange(() => {
        this.#changed.fire(undefined);
      }),
    );
  }

  /**
   * The values of the newest run of exactly this configuration, or else of the newest run of the same variant with the keys
   * that have changed since; undefined if there is none, or its records can't be read. Runs that train are left out.
   */
  async of(experiment: Uri, variant: string | undefined, file: ExperimentFile): Promise<MeasuredValues | undefined> {
    const own = (await this.index.all()).filter(
      ({ source, state, manifest }) =>
        source?.toString() === experiment.toString() && manifest.updates > 0 && state !== 'elsewhere' && !isLive(state),
    );
    const compared = own.map(({ manifest }) =>
      changedKeys({ experiment: manifest.experiment, variant, info: manifest.facts }, file),
    );
    const exact = compared.findIndex((keys) => keys?.length === 0);
    const index = exact >= 0 ? exact : own.findIndex(({ manifest }) => manifest.variant === (variant ?? null));
    const [run, changed] = [own[index], compared[index]];
    if (run === undefined || changed === undefined) return undefined;
    const values = await this.#valuesOf(run);
    return values && { run, changed, ...values };
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #valuesOf(run: StoredRun) {
    const { updates, endedAt } = run.manifest;
    const key = JSON.stringify([run.folder.toString(), updates, endedAt]);
    const values = this.#cached.get(key) ?? this.#measure(run).catch(() => undefined);
    this.#cached.delete(key);
    this.#cached.set(key, values);
    for (const oldest of [...this.#cached.keys()].slice(0, -maxCached)) this.#cached.delete(oldest);
    return values;
  }

  async #measure(run: StoredRun): Promise<Omit<MeasuredValues, 'run' | 'changed'>> {
    const measured = await this.reader.measure(locationOf(run.folder), run.manifest.facts);
    return { measured, truncationBias: await this.#truncationBias(run).catch(() => undefined) };
  }

  /** Replays the last update with full BPTT, as the panel's “What if” does. */
  async #truncationBias({ manifest, base, folder, state }: StoredRun): Promise<number | undefined> {
    const { experiment, facts, updates } = manifest;
    const { checkpointEvery } = (experiment['training'] ?? {}) as { readonly checkpointEvery?: unknown };
    // Without checkpoints on the way, the whole run would be replayed.
    const distance = typeof checkpointEvery === 'number' && checkpointEvery > 0 ? checkpointEvery : updates;
    if (facts.bptt === 'full' || state === 'diverged' || Math.min(distance, updates) > maxReplayed) return undefined;
    const inspector = new Inspector(base, locationOf(folder), this.startWorker, () => updates);
    try {
      const { actual } = await inspector.ask('whatIf', { update: updates - 1, change: {} });
      return Number.isFinite(actual.bias) ? actual.bias : undefined;
    } finally {
      inspector.dispose();
    }
  }
}
