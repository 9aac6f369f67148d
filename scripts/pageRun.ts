import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { totalmem } from 'node:os';
import { diskAccess } from '../src/data/fileAccess.node';
import { readFiles } from '../src/data/fileReading';
import { parseExperiment } from '../src/experiment/parse';
import { formatDamagedFindings, maxFindingsBytes, readFindings } from '../src/diagnosis/finding';
import { Channel, type Handlers } from '../src/protocol/channel';
import type { PanelHostContract, PanelState } from '../src/protocol/panel';
import { replayHandlers, type RequestReplay } from '../src/protocol/replayRequests';
import type { RunState } from '../src/protocol/run';
import type { TrainerContract, TrainerHostContract } from '../src/protocol/trainer';
import { readManifest, type Manifest } from '../src/run/manifest';
import { isLocked } from '../src/run/storage/folderLock.node';
import { FolderStorage } from '../src/run/storage/folderStorage.node';
import { runFiles } from '../src/run/storage/runFiles';
import { RunReader } from '../src/session/runReader';
import { forkTrainers } from '../src/session/trainerProcess.node';

/** A stored run, as a page outside VS Code shows it. */
export interface PageRun {
  /** The handlers of the page's requests. */
  readonly handlers: Handlers<PanelHostContract>;
  /** Ends the processes that read and replay the run. */
  dispose(): void;
}

const onlyShown = 'This page only shows a stored run.';
const viewerText =
  'This page shows a stored run as it was when the page was loaded. Training, pausing and other commands need VS Code.';

/**
 * Opens the run in a folder. Its records are read and its updates replayed in trainer processes, as in VS Code.
 *
 * @param root folder of the repository, with the built trainer
 * @throws with a readable reason where the folder has no run that can be read
 */
export async function openRun(folder: string, root: string): Promise<PageRun> {
  const path = resolve(folder);
  const manifest = readManifest(await readFile(join(path, 'run.json')));
  if (manifest === undefined) throw new Error(`${join(path, 'run.json')} can't be read.`);
  const info = { ...manifest.facts, folder: path };
  const startTrainer = forkTrainers(join(root, 'dist', 'trainer.cjs'));
  const reader = new RunReader(startTrainer);
  const zoomed = reader.zoomedSeriesOf(path, info);
  const replay = startTrainer();
  const trainer = new Channel<TrainerHostContract, TrainerContract>(replay.port, {});
  replay.onExit((reason) => {
    trainer.close(reason ?? 'The replay has ended.');
  });
  let opened: Promise<void> | undefined;
  const answer: RequestReplay = async (name, params) => {
    await (opened ??= openReplay(trainer, path, manifest));
    return trainer.request(name, params);
  };
  const refuse = (): Promise<undefined> => Promise.reject(new Error(onlyShown));
  return {
    handlers: {
      ready: async () => stateOf(path, { ...manifest, facts: info }, reader),
      zoomedSeries: (request) => zoomed.read(request),
      select: refuse,
      command: refuse,
      setLearningRate: refuse,
      ...replayHandlers(answer),
    },
    dispose: () => {
      trainer.close('The page server was stopped.');
      replay.terminate();
      reader.dispose();
    },
  };
}

async function stateOf(path: string, manifest: Manifest, reader: RunReader): Promise<PanelState> {
  const { facts, message, nonFinite } = manifest;
  const history = await reader.historyUntil(path, facts, Infinity);
  const isOver = manifest.state !== 'running' && manifest.state !== 'paused';
  // The process that trains a run holds its lock.
  const state: RunState = isOver ? manifest.state : (await isLocked(path)) ? 'elsewhere' : 'interrupted';
  const { findings, damaged } = readFindings(await new FolderStorage(path).read(runFiles.findings, maxFindingsBytes));
  const texts = [viewerText, message ?? '', formatDamagedFindings(runFiles.findings, damaged) ?? ''];
  const status = {
    ...history.numbers,
    state,
    updatesPerSecond: undefined,
    secondsLeft: undefined,
    queuePosition: undefined,
    nonFinite: nonFinite ?? undefined,
    findings,
    saved: 'whole' as const,
    message: texts.filter((text) => text !== '').join(' '),
  };
  return {
    uri: path,
    folder: path,
    title: facts.name,
    startTime: '',
    fileName: 'run.json',
    entries: [{ variant: undefined, label: facts.name, state }],
    selected: undefined,
    run: { info: facts, status, series: history.series.whole() },
    message: status.message,
  };
}

async function openReplay(
  trainer: Channel<TrainerHostContract, TrainerContract>,
  folder: string,
  { experiment: recorded, facts, source }: Manifest,
): Promise<void> {
  const parsed = parseExperiment(JSON.stringify(recorded));
  const resolved = parsed.kind === 'experiment' ? parsed.file.resolve() : undefined;
  if (resolved?.kind !== 'resolved') throw new Error("The experiment of this run can't be read.");
  const { experiment } = resolved;
  const base = source === null ? dirname(dirname(folder)) : dirname(resolve(folder, source));
  const read = await readFiles(experiment, diskAccess(base, base));
  if (read.kind === 'refused') throw new Error(read.problems[0]?.message ?? "The data can't be read.");
  const reply = await trainer.request('openReplay', {
    experiment,
    files: read.files,
    memoryLimit: totalmem() / 2,
    kernels: { kernels: facts.kernels, kernelChanges: facts.kernelChanges },
    shards: facts.shards,
    folder,
  });
  if (reply.kind === 'refused') throw new Error(reply.problems[0]?.message ?? "The run can't be replayed.");
}
