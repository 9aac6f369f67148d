import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RunInfo, RunState, RunStatus } from '../src/protocol/run';
import { readManifest, type Manifest } from '../src/run/manifest';
import type { DisplaySeries } from '../src/run/series/displaySeries';
import { isLocked } from '../src/run/storage/folderLock.node';
import { runFiles } from '../src/run/storage/runFiles';
import type { RunReader } from '../src/session/stored/runReader';
import { readFindingsIn } from '../src/session/stored/storedFindings';
import { forkTrainers } from '../src/session/trainers/trainerProcess.node';

/** A folder with a run, without its records. */
export interface RunFolder {
  /** Absolute. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** A stored run with its records. */
export interface ReadRun {
  readonly path: string;
  readonly info: RunInfo;
  readonly status: RunStatus;
  readonly series: DisplaySeries;
}

/**
 * Reads the manifest of a run; its facts name the folder where the run is now.
 *
 * @throws with a readable reason where the folder has no run that can be read
 */
export async function readFolder(folder: string): Promise<RunFolder> {
  const path = resolve(folder);
  const file = join(path, runFiles.manifest);
  const manifest = readManifest(await readFile(file));
  if (manifest === undefined) throw new Error(`${file} can't be read.`);
  return { path, manifest: { ...manifest, facts: { ...manifest.facts, folder: path } } };
}

/** Starts the trainer processes of a repository that is built. */
export function trainersIn(root: string): ReturnType<typeof forkTrainers> {
  return forkTrainers(join(root, 'dist', 'trainer.cjs'));
}

/** Reads the records and the findings of a run as they are now. */
export async function readRun({ path, manifest }: RunFolder, reader: RunReader): Promise<ReadRun> {
  const { facts, message, nonFinite } = manifest;
  const history = await reader.historyUntil(path, facts, Infinity);
  const { findings, damage } = await readFindingsIn(path);
  const texts = [message ?? '', damage].filter((text) => text !== '');
  const status = {
    ...history.numbers,
    state: await stateOf(path, manifest),
    updatesPerSecond: undefined,
    secondsLeft: undefined,
    queuePosition: undefined,
    nonFinite: nonFinite ?? undefined,
    findings,
    saved: 'whole' as const,
    message: texts.length === 0 ? undefined : texts.join(' '),
  };
  return { path, info: facts, status, series: history.series };
}

async function stateOf(path: string, { state }: Manifest): Promise<RunState> {
  const isOver = state !== 'running' && state !== 'paused';
  // The process that trains a run holds its lock.
  return isOver ? state : (await isLocked(path)) ? 'elsewhere' : 'interrupted';
}
