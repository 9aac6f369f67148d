import { toJson } from '../experiment/resolved';
import type { Capture } from '../engine/capture';
import { reasonOf } from '../protocol/channel';
import type { RunFacts } from '../protocol/run';
import { layoutVersion, runFiles, updatesOfCheckpoint } from '../run/layout';
import { writeManifest, type Manifest } from '../run/manifest';
import { RecordEncoder } from '../run/recordEncoder';
import { readRateChanges, writeRateChanges, type RateChange } from '../run/rateChanges';
import type { RecordBatch } from '../run/recordBatch';
import { writeTensorFile } from '../run/safetensors';
import type { RunStorage } from '../run/storage';
import { restoreCheckpoint, writeCheckpoint } from './checkpoint';
import type { Training } from './training';

/** Keeps a run's folder: manifest, records, checkpoints and captures. Writes follow each other in the order asked for. */
export class RunWriter {
  readonly #encoder: RecordEncoder;
  #recordBytes = 0;
  #startedAt = new Date().toISOString();

  constructor(
    readonly storage: RunStorage,
    readonly training: Training,
    readonly facts: RunFacts,
  ) {
    this.#encoder = new RecordEncoder(training.plan.layout);
  }

  /** Begins a new run: the manifest, an empty record file and the checkpoint before the first update. */
  async begin(): Promise<void> {
    const head = this.#encoder.head();
    // The manifest first: a run's folder says from the beginning what it is.
    await this.writeManifest('running', undefined);
    await this.storage.write(runFiles.records, head);
    await this.storage.write(runFiles.rateChanges, new Uint8Array(0));
    this.#recordBytes = head.length;
    // A replay begins here, whatever a later build would draw for the same seed.
    await this.writeCheckpoint();
  }

  /**
   * Goes on with a run from its newest checkpoint, or from 0 when it has none; later records are cut off.
   *
   * @throws naming the checkpoint when it, or the records up to it, are damaged
   */
  async resume(startedAt: string): Promise<void> {
    this.#startedAt = startedAt;
    const newest = (await this.storage.list(runFiles.checkpoints))
      .flatMap((name) => updatesOfCheckpoint(name) ?? [])
      .sort((a, b) => b - a)[0];
    const bytes = newest === undefined ? undefined : await this.storage.read(runFiles.checkpoint(newest));
    if (bytes === undefined) {
      await this.begin();
      return;
    }
    this.#recordBytes = await this.#restore(bytes).catch((error: unknown) => {
      throw new Error(
        `${runFiles.checkpoint(newest ?? 0)} cannot be gone on from (${reasonOf(error)}). Delete it to go on from the ` +
          'checkpoint before it, or train anew in another folder',
      );
    });
    await this.#forgetLaterRateChanges();
    await this.writeManifest('running', undefined);
  }

  async appendRecords(batch: RecordBatch): Promise<void> {
    const bytes = this.#encoder.encode(batch);
    await this.storage.append(runFiles.records, bytes);
    this.#recordBytes += bytes.length;
  }

  /** All records up to this moment must have been appended before. */
  async writeCheckpoint(): Promise<void> {
    const bytes = writeCheckpoint(this.training, this.#recordBytes);
    await this.storage.write(runFiles.checkpoint(this.training.updates), bytes);
  }

  async writeCapture(update: number, { tensors, metadata }: Capture): Promise<void> {
    const described = { ...metadata, experiment: toJson(this.training.plan.experiment), format: 'unroll-capture-1' };
    await this.storage.write(runFiles.capture(update), writeTensorFile({ tensors, metadata: described }));
  }

  /** `message` says why it ended, where that needs words. */
  async writeManifest(state: Manifest['state'], message: string | undefined): Promise<void> {
    const isOver = state !== 'running' && state !== 'paused';
    const manifest: Manifest = {
      format: 'unroll-run',
      version: layoutVersion,
      experiment: JSON.parse(toJson(this.training.plan.experiment)) as Manifest['experiment'],
      variant: this.facts.variant,
      kernels: this.training.plan.kernels.name,
      state,
      updates: this.training.updates,
      startedAt: this.#startedAt,
      endedAt: isOver ? new Date().toISOString() : null,
      message: message ?? null,
      facts: this.facts as Manifest['facts'],
    };
    await this.storage.write(runFiles.manifest, writeManifest(manifest));
  }

  /** A learning rate set by hand, so that a replay sets it again. */
  async noteRateChange(change: RateChange): Promise<void> {
    await this.storage.append(runFiles.rateChanges, writeRateChanges([change]));
  }

  async #forgetLaterRateChanges(): Promise<void> {
    const bytes = await this.storage.read(runFiles.rateChanges);
    const all = readRateChanges(bytes);
    const earlier = all.filter(({ update }) => update < this.training.updates);
    // A run of an earlier build may have no such file, and appending creates none.
    if (bytes === undefined || earlier.length < all.length) {
      await this.storage.write(runFiles.rateChanges, writeRateChanges(earlier));
    }
  }

  /** @returns the bytes of the record file that stay */
  async #restore(checkpoint: Uint8Array): Promise<number> {
    const { recordBytes } = restoreCheckpoint(this.training, checkpoint);
    await this.storage.truncate(runFiles.records, recordBytes);
    return recordBytes;
  }
}
