import { toJson } from '../../experiment/resolved';
import { Diagnosis } from '../../diagnosis/diagnosis';
import {
  formatDamagedFindings,
  maxFindingsBytes,
  readFindings,
  writeFindings,
  type Finding,
} from '../../diagnosis/finding';
import type { Capture } from '../../engine/instruments/capture';
import { reasonOf } from '../../protocol/channel';
import type { RunInfo } from '../../protocol/run';
import { RunHistory } from '../../run/series/runHistory';
import { withKernelChange } from '../../run/kernelHistory';
import { layoutVersion, runFiles, updatesOfCheckpoint } from '../../run/storage/runFiles';
import { maxManifestBytes, writeManifest, type NonFiniteLocation, type Manifest } from '../../run/manifest';
import { maxOverviewBytes, readOverview, writeOverview } from '../../run/overview';
import { readLayoutJson, recordsIn } from '../../run/records/recordDecoder';
import { RecordEncoder } from '../../run/records/recordEncoder';
import {
  formatDamagedChanges,
  maxRateChangesBytes,
  readRateChanges,
  writeRateChanges,
  type RateChange,
} from '../../run/rateChanges';
import type { RecordBatch } from '../../run/records/recordBatch';
import type { DamagedLine } from '../../run/storage/checkedLines';
import { writeTensorFile } from '../../run/storage/safetensors';
import type { RunStorage } from '../../run/storage/storage';
import { maxCheckpointBytes, restoreCheckpoint, writeCheckpoint, type CheckpointInfo } from './checkpoint';
import { formatRecordGap, intactRecords } from './intactRecords';
import type { Training } from '../training/training';

const maxRereadBytes = 256 * 1024 * 1024;

/** Keeps a run's folder: manifest, records, checkpoints and captures. Writes follow each other in the order asked for. */
export class RunWriter {
  readonly #encoder: RecordEncoder;
  #recordBytes = 0;
  #hasSyncedRecords = true;
  /** What the records come to; undefined where they were too large to be read again for it. */
  #history: RunHistory | undefined;
  /** Learning rates changed by hand, and whether the file has them all. */
  #rateChanges: readonly RateChange[] = [];
  #hasRateChanges = true;
  /** Lines of that file that could not be read when the run was resumed. */
  #damagedRateChanges: readonly DamagedLine[] = [];
  /** What stands out in this run. */
  readonly diagnosis: Diagnosis;
  /** Findings that the file has. */
  #savedFindings: readonly Finding[] = [];
  #recordedUpdates = 0;
  #info: RunInfo;
  #startedAt = new Date().toISOString();
  #source: string | null;

  /** @param source the experiment file, relative to the run's folder and with `/`; undefined where it has none */
  constructor(
    readonly storage: RunStorage,
    readonly training: Training,
    info: RunInfo,
    source?: string,
  ) {
    this.#info = info;
    this.#source = source ?? null;
    this.#encoder = new RecordEncoder(training.setup.layout);
    this.#history = this.#emptyHistory();
    this.diagnosis = new Diagnosis(training.setup.experiment, info);
  }

  /**
   * Begins a new run: the manifest, an empty record file and the checkpoint before the first update.
   *
   * @throws when the folder holds a run, or a part of one, which is left as it is; and when it cannot be written
   */
  async begin(): Promise<void> {
    const names = await this.storage.list('');
    const own = [runFiles.manifest, runFiles.records, runFiles.rateChanges, runFiles.checkpoints];
    const found = own.find((name) => names.includes(name));
    if (found !== undefined) {
      throw new Error(
        `the folder already holds a run (${found} is there), and none is overwritten; choose another folder`,
      );
    }
    await this.#create().catch(async (error: unknown) => {
      // Half a beginning is no run.
      for (const name of own) await this.storage.remove(name).catch(() => undefined);
      throw error;
    });
  }

  async #create(): Promise<void> {
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
   * Goes on with a run from its newest checkpoint that is whole, or from 0 when it has none; what is later is cut off.
   *
   * @returns a sentence for each checkpoint that had to be passed over, and for what else is damaged
   * @throws naming the newest checkpoint when none of them can be used
   */
  async resume({ startedAt, source, facts: info }: Manifest): Promise<readonly string[]> {
    this.#startedAt = startedAt;
    this.#source = source;
    const checkpoints = await this.#checkpoints();
    if (checkpoints.length === 0) {
      await this.#create();
      return [];
    }
    const passedOver: string[] = [];
    let lostRecords: string | undefined;
    let lostFindings: string | undefined;
    for (const updates of checkpoints) {
      const path = runFiles.checkpoint(updates);
      try {
        const { outline, gap } = await this.#restore(path, updates);
        lostRecords = gap;
        lostFindings = await this.#readFindings();
        this.diagnosis.restore(updates, this.#savedFindings, outline);
      } catch (error) {
        passedOver.push(`${path} can't be used (${reasonOf(error)}).`);
        continue;
      }
      // What lies beyond is written again, and a replay must not begin in what could not be read.
      for (const later of checkpoints) if (later > updates) await this.storage.remove(runFiles.checkpoint(later));
      const lostRates = await this.#dropLaterRateChanges();
      this.#history = await this.#restoredHistory();
      this.#info = { ...this.#info, ...withKernelChange(info, updates, this.training.setup.kernels.name) };
      this.#recordedUpdates = updates;
      await this.writeManifest('running', undefined);
      return [
        ...passedOver.map((fault) => `${fault} The run continues from update ${updates} instead.`),
        ...[lostRecords, lostRates, lostFindings].filter((fault) => fault !== undefined),
      ];
    }
    throw new Error(
      `${passedOver[0] ?? ''} No earlier checkpoint can be used either: start a new run in another folder`,
    );
  }

  /** What is known of the run; of one that was gone on with, also which kernel sets computed it before. */
  get info(): RunInfo {
    return this.#info;
  }

  /** Updates before the first that is in no record; there may be gaps before it. */
  get recordedUpdates(): number {
    return this.#recordedUpdates;
  }

  /** Whether the folder holds this run still, as far as can be seen. */
  async exists(): Promise<boolean> {
    return this.storage.read(runFiles.manifest, maxManifestBytes).then(
      (bytes) => bytes !== undefined,
      () => true,
    );
  }

  /**
   * Makes the record file end where it did when it was last written whole.
   *
   * @throws when it cannot be written, or is not there any more
   */
  async repair(): Promise<void> {
    await this.storage.truncate(runFiles.records, this.#recordBytes);
  }

  async appendRecords(batch: RecordBatch): Promise<void> {
    const bytes = this.#encoder.encode(batch);
    this.#hasSyncedRecords = false;
    await this.storage.append(runFiles.records, bytes);
    this.#recordBytes += bytes.length;
    this.#recordedUpdates = (batch.update[batch.count - 1] ?? 0) + 1;
    this.#history?.append(batch);
  }

  /** Waits until the records appended so far would survive a power cut. */
  async syncRecords(): Promise<void> {
    if (this.#hasSyncedRecords) return;
    await this.storage.sync(runFiles.records);
    this.#hasSyncedRecords = true;
  }

  /** All records up to this moment must have been appended and synced before. */
  async writeCheckpoint(): Promise<void> {
    const bytes = writeCheckpoint(this.training, this.#recordBytes, this.diagnosis.state);
    await this.storage.write(runFiles.checkpoint(this.training.updates), bytes);
  }

  /** What the records come to so far, so that the run opens without reading them all. */
  async writeOverview(): Promise<void> {
    if (this.#history === undefined) return;
    const { series, numbers } = this.#history;
    const overview = { recordBytes: this.#recordBytes, numbers, tables: series.whole() };
    await this.storage.write(runFiles.overview, writeOverview(overview, this.training.setup.layout));
  }

  /** The file of a capture. */
  captureBytes({ tensors, metadata }: Capture): Uint8Array {
    const described = { ...metadata, experiment: toJson(this.training.setup.experiment), format: 'unroll-capture-1' };
    return writeTensorFile({ tensors, metadata: described });
  }

  async writeCapture(update: number, bytes: Uint8Array): Promise<void> {
    await this.storage.write(runFiles.capture(update), bytes);
  }

  /** `message` says why it ended, where that needs words. */
  async writeManifest(
    state: Manifest['state'],
    message: string | undefined,
    nonFinite?: NonFiniteLocation,
  ): Promise<void> {
    const isOver = state !== 'running' && state !== 'paused';
    const manifest: Manifest = {
      format: 'unroll-run',
      version: layoutVersion,
      experiment: JSON.parse(toJson(this.training.setup.experiment)) as Manifest['experiment'],
      variant: this.#info.variant,
      source: this.#source,
      kernels: this.#info.kernels,
      state,
      updates: this.training.updates,
      startedAt: this.#startedAt,
      endedAt: isOver ? new Date().toISOString() : null,
      seconds: this.training.seconds,
      loss: this.#history?.numbers.loss ?? null,
      validationLoss: this.#history?.numbers.validationLoss ?? null,
      message: message ?? null,
      nonFinite: nonFinite ?? null,
      facts: this.#info as Manifest['facts'],
    };
    await this.storage.write(runFiles.manifest, writeManifest(manifest));
  }

  /** Remembers a learning rate set by hand, so that a replay sets it again. */
  noteRateChange(change: RateChange): void {
    this.#rateChanges = [...this.#rateChanges, change];
    this.#hasRateChanges = false;
  }

  /** The learning rates set by hand so far; they must be there before records of the updates that they are for. */
  async writeRateChanges(): Promise<void> {
    if (this.#hasRateChanges) return;
    const changes = this.#rateChanges;
    await this.storage.write(runFiles.rateChanges, writeRateChanges(changes, this.#damagedRateChanges));
    this.#hasRateChanges = changes === this.#rateChanges;
  }

  /** The findings so far; those of before a checkpoint must be there with it. */
  async writeFindings(): Promise<void> {
    const { findings } = this.diagnosis;
    if (findings.length === this.#savedFindings.length && findings.every((one, i) => one === this.#savedFindings[i]))
      return;
    await this.storage.write(runFiles.findings, writeFindings(findings));
    this.#savedFindings = findings;
  }

  /** Reads the findings of the earlier process; the message if some are lost, which may be found again. */
  async #readFindings(): Promise<string | undefined> {
    try {
      const { findings, damaged } = readFindings(await this.storage.read(runFiles.findings, maxFindingsBytes));
      this.#savedFindings = findings;
      return formatDamagedFindings(runFiles.findings, damaged);
    } catch (error) {
      this.#savedFindings = [];
      return `The findings of this run can't be read (${reasonOf(error)}) and are lost.`;
    }
  }

  #emptyHistory(): RunHistory {
    const { layout, experiment } = this.training.setup;
    return new RunHistory(layout, experiment.record.every);
  }

  /** What the records up to the checkpoint come to; an overview that goes beyond it is of no use, and goes. */
  async #restoredHistory(): Promise<RunHistory | undefined> {
    const { layout, experiment } = this.training.setup;
    const overview = readOverview(
      (await this.storage.read(runFiles.overview, maxOverviewBytes)) ?? new Uint8Array(0),
      layout,
    );
    if (overview?.recordBytes === this.#recordBytes) {
      const history = new RunHistory(layout, experiment.record.every, overview.numbers);
      if (history.series.fits(overview.tables)) {
        history.series.write(overview.tables);
        return history;
      }
    }
    await this.storage.remove(runFiles.overview);
    if (this.#recordBytes > maxRereadBytes) return undefined;
    const history = this.#emptyHistory();
    const bytes = (await this.storage.read(runFiles.records, maxRereadBytes)) ?? new Uint8Array(0);
    if (readLayoutJson(bytes) !== JSON.stringify(layout)) return undefined;
    for (const batch of recordsIn(bytes)) history.append(batch);
    return history;
  }

  /** What is said where the file of changes is damaged. */
  async #dropLaterRateChanges(): Promise<string | undefined> {
    const { changes, damaged } = readRateChanges(await this.storage.read(runFiles.rateChanges, maxRateChangesBytes));
    this.#rateChanges = changes.filter(({ update }) => update < this.training.updates);
    this.#damagedRateChanges = damaged;
    this.#hasRateChanges = this.#rateChanges.length === changes.length;
    await this.writeRateChanges();
    const damage = formatDamagedChanges(runFiles.rateChanges, damaged);
    return (
      damage && `${damage} The run continues with the learning rate of its checkpoint; its updates can't be replayed.`
    );
  }

  /** Updates done at each checkpoint there is, the newest first. */
  async #checkpoints(): Promise<readonly number[]> {
    const names = await this.storage.list(runFiles.checkpoints);
    return names.flatMap((name) => updatesOfCheckpoint(name) ?? []).sort((a, b) => b - a);
  }

  /** Puts training and records back to a checkpoint; `gap` says which records before it are lost. */
  async #restore(path: string, updates: number): Promise<CheckpointInfo & { readonly gap: string | undefined }> {
    const bytes = await this.storage.read(path, maxCheckpointBytes(this.training));
    if (bytes === undefined) throw new Error('it is gone');
    const info = restoreCheckpoint(this.training, bytes, updates);
    return { ...info, gap: await this.#cutRecords(info.recordBytes, updates) };
  }

  /** Cuts the records to those that belong to so many updates, as far as they are there and whole. */
  async #cutRecords(recordBytes: number, updates: number): Promise<string | undefined> {
    const last = await this.storage.readPart(runFiles.records, Math.max(0, recordBytes - 1), 1);
    // Records that are there and too large to be read again are believed; whoever reads them finds what is damaged.
    const isBelieved = updates > 0 && last.length === 1 && recordBytes > maxRereadBytes;
    const sound = isBelieved ? undefined : await intactRecords(this.storage, updates === 0 ? 0 : recordBytes);
    if (sound !== undefined && sound.updates === undefined) {
      // An earlier build's head may have another length, and without records there is nothing to lose.
      const head = this.#encoder.head();
      await this.storage.write(runFiles.records, head);
      this.#recordBytes = head.length;
    } else {
      this.#recordBytes = sound?.end ?? recordBytes;
      await this.storage.truncate(runFiles.records, this.#recordBytes);
      await this.storage.sync(runFiles.records);
    }
    if (sound === undefined || updates === 0 || sound.end === recordBytes) return undefined;
    return formatRecordGap(sound.updates ?? 0, updates, sound.damage);
  }
}
