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
import { maxStoredResumes } from '../../run/runInfo';
import { RunHistory } from '../../run/series/runHistory';
import type { GitState } from '../../run/gitState';
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
import type { EndReason } from '../../run/endReason';
import type { RecordBatch } from '../../run/records/recordBatch';
import type { DamagedLine } from '../../run/storage/checkedLines';
import { writeTensorFile } from '../../run/storage/safetensors';
import type { RunStorage } from '../../run/storage/storage';
import {
  checkpointState,
  encodeCheckpoint,
  maxCheckpointBytes,
  restoreCheckpoint,
  updatesOfBest,
  writeCheckpoint,
  type CheckpointInfo,
  type CheckpointState,
} from './checkpoint';
import { formatRecordGap, intactRecords } from './intactRecords';
import type { Training } from '../training/training';

const maxRereadBytes = 256 * 1024 * 1024;

/** Where the experiment of a run comes from. */
export interface RunOrigin {
  /** The experiment file, relative to the run's folder and with `/`; undefined where it has none. */
  readonly source?: string | undefined;
  /** What was checked out then; undefined outside a repository. */
  readonly git?: GitState | undefined;
}

/** Writes a run's folder: manifest, records, checkpoints and captures, in the order of the calls. */
export class RunWriter {
  readonly #encoder: RecordEncoder;
  #recordBytes = 0;
  #hasSyncedRecords = true;
  /** The history of the records; undefined if they were too large to be read again on resuming. */
  #history: RunHistory | undefined;
  /** Changes of the learning rate, and whether the file contains them all. */
  #rateChanges: readonly RateChange[] = [];
  #hasRateChanges = true;
  /** Lines of that file that could not be read when the run was resumed. */
  #damagedRateChanges: readonly DamagedLine[] = [];
  /** Finds training problems of this run. */
  readonly diagnosis: Diagnosis;
  /** Findings that the file contains. */
  #savedFindings: readonly Finding[] = [];
  #recordedUpdates = 0;
  #info: RunInfo;
  #startedAt = new Date().toISOString();
  #origin: RunOrigin;

  constructor(
    readonly storage: RunStorage,
    readonly training: Training,
    info: RunInfo,
    origin: RunOrigin = {},
  ) {
    this.#info = info;
    this.#origin = origin;
    this.#encoder = new RecordEncoder(training.setup.layout);
    this.#history = this.#emptyHistory();
    this.diagnosis = new Diagnosis(training.setup.experiment, info);
  }

  /**
   * Starts a new run: writes the manifest, an empty record file and the checkpoint before the first update.
   *
   * @throws when the folder contains a run or a part of one, which is left unchanged, and when it can't be written
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
      // Removes the incomplete run.
      for (const name of own) await this.storage.remove(name).catch(() => undefined);
      throw error;
    });
  }

  async #create(): Promise<void> {
    const head = this.#encoder.head();
    // The manifest first, so that the folder can be recognized as a run from the start.
    await this.writeManifest('running', undefined);
    await this.storage.write(runFiles.records, head);
    await this.storage.write(runFiles.rateChanges, new Uint8Array(0));
    this.#recordBytes = head.length;
    // A replay starts here, so a later build may draw other parameters for the same seed.
    await this.writeCheckpoint();
  }

  /**
   * Resumes a run from its latest valid checkpoint, or from 0 if it has none. Records after that are cut off.
   *
   * @returns a message for each checkpoint that was skipped, and for other damage
   * @throws with the latest checkpoint in the message when none can be used
   */
  async resume({ startedAt, source, git, reason, facts: info }: Manifest): Promise<readonly string[]> {
    this.#startedAt = startedAt;
    this.#origin = { source: source ?? undefined, git: git ?? undefined };
    const checkpoints = await this.#checkpoints();
    if (checkpoints.length === 0) {
      await this.#create();
      return [];
    }
    const skipped: string[] = [];
    let lostRecords: string | undefined;
    let lostFindings: string | undefined;
    for (const { path, updates } of checkpoints) {
      try {
        const { outline, gap } = await this.#restore(path, updates);
        lostRecords = gap;
        lostFindings = await this.#readFindings();
        this.diagnosis.restore(updates, this.#savedFindings, outline);
      } catch (error) {
        skipped.push(`${path} can't be used (${reasonOf(error)}).`);
        continue;
      }
      // Later checkpoints are written again, and a replay must not start at one that can't be read.
      for (const later of checkpoints) if (later.updates > updates) await this.storage.remove(later.path);
      // A replay of the updates that follow starts here, also when a later one is the best.
      if (path === runFiles.bestCheckpoint) await this.writeCheckpoint();
      if (reason === 'patience') this.training.renewPatience();
      const lostRates = await this.#dropLaterRateChanges();
      this.#history = await this.#restoredHistory();
      const resumedAt = [...info.resumedAt.filter((at) => at < updates), updates].slice(-maxStoredResumes);
      this.#info = { ...this.#info, ...withKernelChange(info, updates, this.training.setup.kernels.name), resumedAt };
      this.#recordedUpdates = updates;
      await this.writeManifest('running', undefined);
      return [
        ...skipped.map((problem) => `${problem} The run continues from update ${updates} instead.`),
        ...[lostRecords, lostRates, lostFindings].filter((problem) => problem !== undefined),
      ];
    }
    throw new Error(`${skipped[0] ?? ''} No earlier checkpoint can be used either: start a new run in another folder`);
  }

  /** The info of the run; for a resumed one it includes the kernel sets that computed it before. */
  get info(): RunInfo {
    return this.#info;
  }

  /** The update after the last recorded one; there may be gaps before it. */
  get recordedUpdates(): number {
    return this.#recordedUpdates;
  }

  /** Whether the folder still contains the run; true also where it can't be read. */
  async exists(): Promise<boolean> {
    return this.storage.read(runFiles.manifest, maxManifestBytes).then(
      (bytes) => bytes !== undefined,
      () => true,
    );
  }

  /**
   * Truncates the record file to its length after the last complete write.
   *
   * @throws when it can't be written, or no longer exists
   */
  async repair(): Promise<void> {
    await this.storage.truncate(runFiles.records, this.#recordBytes);
  }

  async appendRecords(batch: RecordBatch): Promise<void> {
    const bytes = this.#encoder.encode(batch);
    this.#hasSyncedRecords = false;
    await this.storage.append(runFiles.records, bytes, this.#recordBytes);
    this.#recordBytes += bytes.length;
    this.#recordedUpdates = (batch.update[batch.count - 1] ?? 0) + 1;
    this.#history?.append(batch);
  }

  /** Syncs the appended records to the disk, so that they survive a power cut. */
  async syncRecords(): Promise<void> {
    if (this.#hasSyncedRecords) return;
    await this.storage.sync(runFiles.records);
    this.#hasSyncedRecords = true;
  }

  /** Writes a checkpoint of the current state. All records up to it must have been appended and synced before. */
  async writeCheckpoint(): Promise<void> {
    const bytes = writeCheckpoint(this.training, this.#recordBytes, this.diagnosis.state);
    await this.storage.write(runFiles.checkpoint(this.training.updates), bytes);
  }

  /** The current state, for `writeBest`. */
  checkpointState(): CheckpointState {
    return checkpointState(this.training, this.diagnosis.state);
  }

  /** Writes the checkpoint of the lowest validation loss. Exactly the records up to it must have been appended before. */
  async writeBest(state: CheckpointState): Promise<void> {
    await this.syncRecords();
    await this.storage.write(runFiles.bestCheckpoint, encodeCheckpoint(state, this.#recordBytes));
  }

  /** Writes the history so far, so that the run can be opened without reading all records. */
  async writeOverview(): Promise<void> {
    if (this.#history === undefined) return;
    const { series, numbers } = this.#history;
    const overview = { recordBytes: this.#recordBytes, numbers, tables: series.whole() };
    await this.storage.write(runFiles.overview, writeOverview(overview, this.training.setup.layout));
  }

  /** The bytes of a capture file. */
  captureBytes({ tensors, metadata }: Capture): Uint8Array {
    const extended = { ...metadata, experiment: toJson(this.training.setup.experiment), format: 'unroll-capture-1' };
    return writeTensorFile({ tensors, metadata: extended });
  }

  async writeCapture(update: number, bytes: Uint8Array): Promise<void> {
    await this.storage.write(runFiles.capture(update), bytes);
  }

  /** @param message why the run ended, for a state that needs an explanation */
  async writeManifest(
    state: Manifest['state'],
    message: string | undefined,
    nonFinite?: NonFiniteLocation,
    reason?: EndReason,
  ): Promise<void> {
    const isOver = state !== 'running' && state !== 'paused';
    const manifest: Manifest = {
      format: 'unroll-run',
      version: layoutVersion,
      experiment: JSON.parse(toJson(this.training.setup.experiment)) as Manifest['experiment'],
      variant: this.#info.variant,
      source: this.#origin.source ?? null,
      git: this.#origin.git ?? null,
      kernels: this.#info.kernels,
      state,
      reason: reason ?? null,
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

  /** Notes a change of the learning rate, so that a replay repeats it. */
  noteRateChange(change: RateChange): void {
    this.#rateChanges = [...this.#rateChanges, change];
    this.#hasRateChanges = false;
  }

  /** Writes the changes of the learning rate. They must precede the records of the updates that they apply to. */
  async writeRateChanges(): Promise<void> {
    if (this.#hasRateChanges) return;
    const changes = this.#rateChanges;
    await this.storage.write(runFiles.rateChanges, writeRateChanges(changes, this.#damagedRateChanges));
    this.#hasRateChanges = changes === this.#rateChanges;
  }

  /** Writes the findings so far. Those before a checkpoint must be written with it. */
  async writeFindings(): Promise<void> {
    const { findings } = this.diagnosis;
    if (findings.length === this.#savedFindings.length && findings.every((one, i) => one === this.#savedFindings[i]))
      return;
    await this.storage.write(runFiles.findings, writeFindings(findings));
    this.#savedFindings = findings;
  }

  /** Reads the findings of the previous process; returns a message if some are lost. They may be found again. */
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

  /** The history of the records up to the checkpoint. Removes an overview that doesn't end there. */
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

  /** Drops the changes after the checkpoint; returns a message if the file is damaged. */
  async #dropLaterRateChanges(): Promise<string | undefined> {
    const { changes, damaged } = readRateChanges(await this.storage.read(runFiles.rateChanges, maxRateChangesBytes));
    const { updates, setup } = this.training;
    // One that applies to the next update is part of the checkpoint if that has its rate.
    const isMade = ({ update, learningRate }: RateChange): boolean =>
      update < updates || (update === updates && learningRate === setup.learner.learningRate);
    this.#rateChanges = changes.filter(isMade);
    this.#damagedRateChanges = damaged;
    this.#hasRateChanges = this.#rateChanges.length === changes.length;
    await this.writeRateChanges();
    const damage = formatDamagedChanges(runFiles.rateChanges, damaged);
    return (
      damage && `${damage} The run continues with the learning rate of its checkpoint; its updates can't be replayed.`
    );
  }

  /** The checkpoints, the latest first; that of the lowest validation loss after another of the same update. */
  async #checkpoints(): Promise<readonly { readonly path: string; readonly updates: number }[]> {
    const names = await this.storage.list(runFiles.checkpoints);
    const regular = names.flatMap((name) => updatesOfCheckpoint(name) ?? []);
    const best = await updatesOfBest(this.storage);
    const all = regular.map((updates) => ({ path: runFiles.checkpoint(updates), updates }));
    if (best !== undefined) all.push({ path: runFiles.bestCheckpoint, updates: best });
    return all.sort((a, b) => b.updates - a.updates);
  }

  /** Restores training and records from a checkpoint; `gap` is a message about lost records before it. */
  async #restore(path: string, updates: number): Promise<CheckpointInfo & { readonly gap: string | undefined }> {
    const bytes = await this.storage.read(path, maxCheckpointBytes(this.training));
    if (bytes === undefined) throw new Error('it is gone');
    const info = restoreCheckpoint(this.training, bytes, updates);
    return { ...info, gap: await this.#cutRecords(info.recordBytes, updates) };
  }

  /** Truncates the records to those of the first `updates` updates that are complete; a message if some are missing. */
  async #cutRecords(recordBytes: number, updates: number): Promise<string | undefined> {
    const last = await this.storage.readPart(runFiles.records, Math.max(0, recordBytes - 1), 1);
    // Records that are too large to be read again aren't checked here; later readers find damage.
    const isUnchecked = updates > 0 && last.length === 1 && recordBytes > maxRereadBytes;
    const intact = isUnchecked ? undefined : await intactRecords(this.storage, updates === 0 ? 0 : recordBytes);
    if (intact !== undefined && intact.updates === undefined) {
      // The header of an earlier build may have another length, and without records nothing is lost.
      const head = this.#encoder.head();
      await this.storage.write(runFiles.records, head);
      this.#recordBytes = head.length;
    } else {
      this.#recordBytes = intact?.end ?? recordBytes;
      await this.storage.truncate(runFiles.records, this.#recordBytes);
      await this.storage.sync(runFiles.records);
    }
    if (intact === undefined || updates === 0 || intact.end === recordBytes) return undefined;
    return formatRecordGap(intact.updates ?? 0, updates, intact.damage);
  }
}
