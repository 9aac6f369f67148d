import { toJson } from '../experiment/resolved';
import type { Capture } from '../engine/capture';
import type { RunFacts } from '../protocol/run';
import { layoutVersion, runFiles, updatesOfCheckpoint } from '../run/layout';
import { writeManifest, type Manifest } from '../run/manifest';
import { RecordEncoder } from '../run/recordEncoder';
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

  /** Begins a new run: the manifest and an empty record file. */
  async begin(): Promise<void> {
    const head = this.#encoder.head();
    await this.storage.write(runFiles.records, head);
    this.#recordBytes = head.length;
    await this.writeManifest('running', undefined);
  }

  /** Goes on with a run from its newest checkpoint, or from 0 when it has none; later records are cut off. */
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
    const { recordBytes } = restoreCheckpoint(this.training, bytes);
    await this.storage.truncate(runFiles.records, recordBytes);
    this.#recordBytes = recordBytes;
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
}
