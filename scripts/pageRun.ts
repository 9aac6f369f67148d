import { sentFiles } from '../src/session/live/sentFiles';
import { basename, dirname, resolve } from 'node:path';
import { totalmem } from 'node:os';
import { diskAccess } from '../src/data/files/fileAccess.node';
import { readFiles } from '../src/data/files/fileReading';
import { parseExperiment } from '../src/experiment/parse';
import { connectPage } from '../src/panel/pageChannel';
import type { Channel } from '../src/protocol/channel';
import { trainerChannel } from './trainerChannel';
import { panelRequests, type PanelHostContract, type PanelState } from '../src/protocol/panel';
import { replayHandlers, type RequestReplay } from '../src/protocol/replayRequests';
import type { TrainerContract, TrainerHostContract } from '../src/protocol/trainer';
import type { Manifest } from '../src/run/manifest';
import { readFolder, readRun, trainersIn, type ReadRun, type RunFolder } from './pageFolder';
import type { ServedPage } from './pageServer';
import { RunReader } from '../src/session/stored/runReader';

const viewerText =
  'This page shows a stored run as it was when the page was loaded. Training, pausing and other commands need VS Code.';

/** A stored run with the trainer processes that read and replay it. */
interface ReplayedRun {
  readonly opened: RunFolder;
  readonly reader: RunReader;
  readonly ask: RequestReplay;
  readonly dispose: () => void;
}

async function openReplayedRun(folder: string, root: string): Promise<ReplayedRun> {
  const opened = await readFolder(folder);
  const startTrainer = trainersIn(root);
  const reader = new RunReader(startTrainer);
  const replay = startTrainer();
  const trainer = trainerChannel(replay.port);
  replay.onExit((reason) => {
    trainer.close(reason ?? 'The replay has ended.');
  });
  let replayed: Promise<void> | undefined;
  return {
    opened,
    reader,
    ask: async (name, params) => {
      await (replayed ??= openReplay(trainer, opened.path, opened.manifest));
      return trainer.request(name, params);
    },
    dispose: () => {
      trainer.close('The page server was stopped.');
      replay.terminate();
      reader.dispose();
    },
  };
}

/**
 * Opens the run in a folder. Its records are read and its updates replayed in trainer processes, as in VS Code.
 *
 * @param root folder of the repository, with the built trainer
 * @throws with a readable reason where the folder has no run that can be read
 */
export async function openRun(folder: string, root: string): Promise<ServedPage> {
  const { opened, reader, ask, dispose } = await openReplayedRun(folder, root);
  const zoomed = reader.zoomedSeriesOf(opened.path, opened.manifest.facts);
  // The page has no buttons for these.
  const refuse = (): Promise<undefined> => Promise.reject(new Error('This page only shows a stored run.'));
  return {
    kind: 'run',
    connect: (webview, log) =>
      connectPage<PanelHostContract>('Page', webview, log, panelRequests, {
        ready: async () => stateOf(await readRun(opened, reader)),
        zoomedSeries: (request) => zoomed.read(request),
        select: refuse,
        command: refuse,
        setLearningRate: refuse,
        setPace: refuse,
        drawn: () => undefined,
        savePredictions: refuse,
        applyRemedy: refuse,
        ...replayHandlers(ask),
      }),
    dispose,
  };
}

function stateOf({ path, info, status, series }: ReadRun): PanelState {
  // An experiment may have no name of its own.
  const name = info.name || basename(path);
  const message = [viewerText, status.message ?? ''].filter((text) => text !== '').join(' ');
  return {
    uri: path,
    folder: path,
    title: name,
    startTime: '',
    fileName: 'run.json',
    entries: [{ variant: undefined, label: name, state: status.state }],
    selected: undefined,
    run: { info, status: { ...status, message }, series: series.whole() },
    message,
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
    files: sentFiles(read.files),
    memoryLimit: totalmem() / 2,
    kernels: { kernels: facts.kernels, kernelChanges: facts.kernelChanges },
    shards: facts.shards,
    folder,
  });
  if (reply.kind === 'refused') throw new Error(reply.problems[0]?.message ?? "The run can't be replayed.");
}
