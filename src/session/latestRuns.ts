import { Uri, type Memento } from 'vscode';
import { formatDamagedFindings, maxFindingsBytes, readFindings, type Finding } from '../diagnosis/finding';
import { reasonOf } from '../protocol/channel';
import { FolderStorage } from '../run/storage/folderStorage.node';
import { formatMissing } from '../run/series/missing';
import { formatCount, formatExact } from '../text/numbers';
import type { RunState } from '../protocol/run';
import { runFiles } from '../run/storage/runFiles';
import type { GrowingHistory } from './growingHistory';
import { readStoredRun, type StoredRun } from './storedRun';
import type { RunReader } from './runReader';
import type { LoadedRun } from './storedSession';
import type { Target } from './sessions';

const storeKey = 'unroll.latestRuns';
const mostRemembered = 200;

const wordsFor: Partial<Record<RunState, string>> = {
  interrupted:
    'This run was interrupted while training. Its records up to then are saved; Resume continues from its newest checkpoint.',
  elsewhere: 'Another window or a terminal is training this run now. Shown is what it has saved so far.',
};

/** Remembers where the latest run of each target keeps its records, so that a reloaded window shows it again. */
export class LatestRuns {
  constructor(
    readonly store: Memento,
    readonly reader: RunReader,
  ) {}

  async record(target: Target, folder: string): Promise<void> {
    const entries = Object.entries(this.#entries()).filter(([key]) => key !== keyOf(target));
    await this.store.update(
      storeKey,
      Object.fromEntries([...entries.slice(1 - mostRemembered), [keyOf(target), folder]]),
    );
  }

  /** Reads the latest run of a target; undefined when there is none that can be read. */
  async open(target: Target): Promise<LoadedRun | undefined> {
    const folder = this.#entries()[keyOf(target)];
    const kept = folder === undefined ? undefined : await readStoredRun(Uri.file(folder));
    return kept && loadRun(kept, this.reader.growing()).catch(() => undefined);
  }

  #entries(): Record<string, string> {
    return this.store.get<Record<string, string>>(storeKey, {});
  }
}

/**
 * Reads what a kept run has recorded.
 *
 * @param records reads them, where they have been read before only what was added
 * @throws with a readable reason when its records cannot be read
 */
export async function loadRun({ folder, manifest, state }: StoredRun, records: GrowingHistory): Promise<LoadedRun> {
  const history = await records.read(folder.fsPath, manifest);
  const { missing, updates } = history.numbers;
  const { findings, damage } = await readFindingsIn(folder.fsPath);
  const words = [
    wordsFor[state] ?? manifest.message ?? '',
    missing === undefined ? '' : formatMissing(missing),
    updates < manifest.updates
      ? cutShortInWords(updates, manifest.updates)
      : unreadInWords(state, updates, records.unread),
    damage,
  ];
  return {
    // A folder that was moved or copied tells of another place.
    facts: { ...manifest.facts, folder: folder.fsPath },
    experiment: manifest.experiment,
    state,
    message: words.filter((said) => said !== '').join(' ') || undefined,
    nonFinite: manifest.nonFinite ?? undefined,
    findings,
    history,
  };
}

/** The findings in a run's folder, and the message if some can't be read, else ''. */
async function readFindingsIn(
  folder: string,
): Promise<{ readonly findings: readonly Finding[]; readonly damage: string }> {
  try {
    const { findings, damaged } = readFindings(
      await new FolderStorage(folder).read(runFiles.findings, maxFindingsBytes),
    );
    return { findings, damage: formatDamagedFindings(runFiles.findings, damaged) ?? '' };
  } catch (error) {
    return { findings: [], damage: `The findings of this run can't be read: ${reasonOf(error)}.` };
  }
}

/** What is said of a record file that ends, as far as it can be read, before the run did. */
function cutShortInWords(readable: number, made: number): string {
  return (
    `The run has ${formatCount(made, 'update')}, but only the records of the first ${formatExact(readable)} can be read: ` +
    'the rest of the file is damaged or missing. Every update can still be inspected by replay.'
  );
}

function keyOf({ uri, variant }: Target): string {
  return JSON.stringify([uri.toString(), variant ?? null]);
}

/** What is said of the end of a record file that nobody writes to, where no records could be found in it. */
function unreadInWords(state: RunState, readable: number, bytes: number): string {
  if (bytes === 0 || state === 'elsewhere' || state === 'running') return '';
  return (
    `The last ${formatCount(bytes, 'byte')} of the records can't be read: what follows the first ` +
    `${formatCount(readable, 'update')} is damaged or incomplete.`
  );
}
