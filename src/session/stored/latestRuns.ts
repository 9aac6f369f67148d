import type { Memento } from 'vscode';
import { formatMissing } from '../../run/series/missing';
import { formatCount, formatExact } from '../../text/numbers';
import { reasonOf } from '../../protocol/channel';
import type { RunState } from '../../protocol/run';
import type { GrowingHistory } from './growingHistory';
import { readFindingsIn } from './storedFindings';
import { readRateChangesIn } from './storedRateChanges';
import { readStoredRun, type StoredRun } from './storedRun';
import type { RunReader } from './runReader';
import type { LoadedRun } from './storedSession';
import { targetKey, type Target } from '../sessions';
import { locationOf, uriOfLocation } from '../files/location';
import { english } from '../../text/translate';

const storeKey = 'unroll.latestRuns';
const maxEntries = 200;

const stateMessages: Partial<Record<RunState, string>> = {
  interrupted: english`This run was interrupted while training. Its records up to then are saved; Resume continues from its latest checkpoint.`,
  elsewhere: english`Another window or a terminal is training this run now. Shown is what it has saved so far.`,
};

const recordedMessages: Partial<Record<RunState, string>> = {
  interrupted: english`The program that recorded this run ended without closing it. Its records up to then are saved.`,
  elsewhere: english`A program is recording this run now. Shown is what it has saved so far.`,
};

/** Stores the folder of the latest run of each target, so that a reloaded window shows that run again. */
export class LatestRuns {
  constructor(
    readonly store: Memento,
    readonly reader: RunReader,
  ) {}

  async record(target: Target, folder: string): Promise<void> {
    const entries = Object.entries(this.#entries()).filter(([key]) => key !== targetKey(target));
    await this.store.update(
      storeKey,
      Object.fromEntries([...entries.slice(1 - maxEntries), [targetKey(target), folder]]),
    );
  }

  /** Reads the latest run of a target; undefined if there is none or it can't be read. */
  async open(target: Target): Promise<LoadedRun | undefined> {
    const folder = this.#entries()[targetKey(target)];
    const stored = folder === undefined ? undefined : await readStoredRun(uriOfLocation(folder));
    return stored && loadRun(stored, this.reader.growing()).catch(() => undefined);
  }

  #entries(): Record<string, string> {
    return this.store.get<Record<string, string>>(storeKey, {});
  }
}

/**
 * Reads the records of a stored run.
 *
 * @param records the reader; if it has read them before, it reads only new ones
 * @throws with a readable reason when its records cannot be read
 */
export async function loadRun({ folder, manifest, state }: StoredRun, records: GrowingHistory): Promise<LoadedRun> {
  const location = locationOf(folder);
  const history = await records.read(location, manifest);
  const { missing, updates } = history.numbers;
  const { findings, damage } =
    manifest.facts.recordedBy === undefined
      ? await readFindingsIn(location)
      : await records.recordedFindings({ folder: location, info: manifest.facts }, updates, state === 'elsewhere').then(
          (found) => ({ findings: found, damage: '' }),
          (error: unknown) => ({ findings: [], damage: english`This run can't be diagnosed: ${reasonOf(error)}` }),
        );
  const messages = [
    (manifest.facts.recordedBy === undefined ? stateMessages : recordedMessages)[state] ?? manifest.message ?? '',
    missing === undefined ? '' : formatMissing(missing),
    updates < manifest.updates
      ? formatTruncated(updates, manifest.updates)
      : formatUnreadable(state, updates, records.unreadableBytes),
    damage,
  ];
  return {
    // The manifest of a moved or copied folder has the old path.
    info: { ...manifest.facts, folder: location },
    experiment: manifest.experiment,
    state,
    message: messages.filter((text) => text !== '').join(' ') || undefined,
    nonFinite: manifest.nonFinite ?? undefined,
    reason: manifest.reason ?? undefined,
    findings,
    rateChanges: await readRateChangesIn(location),
    history,
  };
}

/** The message for a record file whose readable part ends before the run does. */
function formatTruncated(readable: number, made: number): string {
  return english`The run has ${formatCount(made, 'update')}, but only the records of the first ${formatExact(readable)} can be read: the rest of the file is damaged or missing. Every update can still be inspected by replay.`;
}

/** The message for unreadable bytes at the end of a record file that no process is writing; '' if there are none. */
function formatUnreadable(state: RunState, readable: number, bytes: number): string {
  if (bytes === 0 || state === 'elsewhere' || state === 'running') return '';
  return english`The last ${formatCount(bytes, 'byte')} of the records can't be read: what follows the first ${formatCount(readable, 'update')} is damaged or incomplete.`;
}
