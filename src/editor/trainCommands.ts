import { commands as registry, Uri, window, workspace, type Disposable } from 'vscode';
import { commands, experimentGlob } from '../platform/ids';
import type { Log } from '../platform/log';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { showInputBox, showQuickPick, type PickItem } from '../platform/quickInput';
import type { Launcher } from '../session/live/launcher';
import type { LiveSession } from '../session/live/liveSession';
import type { Sessions, Target } from '../session/sessions';
import { targetOf, targetsIn } from '../session/targets';
import { fileNameOf, readExperiment } from '../session/experimentText';
import { reasonOf } from '../protocol/channel';
import type { RunStart } from '../protocol/trainer';
import { formatPace, neighbouringPace, paces } from '../protocol/pace';
import type { NewExperiment } from './newExperiment';
import type { Samples } from './samples';
import { showProblems } from './startProblems';
import { trainAll, trainTogether } from './trainAll';
import { translate } from '../text/translate';

/** Shows the panel of a target; with `panel` the keyboard focus moves into it. */
export type ShowRun = (target: Target, focus?: 'panel') => Promise<void>;

/** What the commands use of the extension. */
export interface TrainCommandParts {
  readonly sessions: Sessions;
  readonly launcher: Launcher;
  readonly samples: Samples;
  readonly newExperiment: NewExperiment;
  readonly showRun: ShowRun;
  /** Whether the last check of the file found that the target can be trained. */
  readonly isTrainable: (target: Target) => boolean;
  /** Opens a comparison of several targets. */
  readonly compare: (targets: readonly Target[]) => void;
  readonly log: Log;
}

/** Registers the commands for training: train, pause, resume, step, stop, learning rate, show, new, log. */
export function registerTrainCommands(parts: TrainCommandParts): Disposable[] {
  const { sessions, log } = parts;
  const actOn = async (live: readonly LiveSession[], act: (session: LiveSession) => Promise<void>): Promise<void> => {
    await Promise.all(
      live.map((session) =>
        act(session).catch((error: unknown) => {
          log.warn(`The trainer didn't answer: ${reasonOf(error)}`);
        }),
      ),
    );
  };
  /**
   * A command without a seed acts on the runs of all seeds. Those that have not begun come first: a run that waits must
   * not start because the one before it makes room. To resume, they come last, as those that have begun take their room.
   */
  const onSession =
    (act: (session: LiveSession) => Promise<void>, order: 'waitingFirst' | 'waitingLast' = 'waitingFirst') =>
    async (first?: unknown, second?: unknown, third?: unknown) => {
      // A command that comes just after the end of its run has nothing left to do, and says nothing.
      const target = first === undefined ? undefined : targetOf(first, second, third);
      const found = target === undefined ? [sessions.current] : sessions.ofTarget(target);
      const trained = found.filter((session) => session?.kind === 'live');
      if (trained.length === 0) {
        void showInformationMessage(translate`No run is training. Start one with "Unroll: Train RNN".`);
        return;
      }
      const live = trained.filter(({ isLive }) => isLive);
      const begun = live.filter(({ info }) => info !== undefined);
      const notBegun = live.filter(({ info }) => info === undefined);
      const inTurn = order === 'waitingFirst' ? [notBegun.reverse(), begun] : [begun, notBegun];
      for (const group of inTurn) await actOn(group, act);
    };
  return [
    registry.registerCommand(commands.train, (first?: unknown, second?: unknown, third?: unknown) =>
      train(parts, targetOf(first, second, third), 'held'),
    ),
    registry.registerCommand(commands.trainStepByStep, (first?: unknown, second?: unknown, third?: unknown) =>
      train(parts, targetOf(first, second, third), 'paused'),
    ),
    registry.registerCommand(commands.compareSeeds, async (first?: unknown, second?: unknown) => {
      const target = targetOf(first, second);
      if (target !== undefined) parts.compare(await targetsOf(target));
    }),
    registry.registerCommand(commands.trainAll, (first?: unknown, second?: unknown) =>
      trainAllOf(parts, targetOf(first, second)),
    ),
    registry.registerCommand(
      commands.pause,
      onSession((session) => session.pause()),
    ),
    registry.registerCommand(
      commands.resume,
      onSession((session) => session.resume(), 'waitingLast'),
    ),
    registry.registerCommand(
      commands.step,
      onSession((session) => session.step()),
    ),
    registry.registerCommand(
      commands.stop,
      onSession((session) => session.stop()),
    ),
    registry.registerCommand(commands.setLearningRate, onSession(askLearningRate)),
    registry.registerCommand(commands.setPace, onSession(askPace)),
    ...(['faster', 'slower'] as const).map((by) =>
      registry.registerCommand(
        by === 'faster' ? commands.trainFaster : commands.trainSlower,
        onSession((session) => session.setPace(neighbouringPace(session.status.pace ?? 'max', by))),
      ),
    ),
    registry.registerCommand(commands.showRun, async (first?: unknown, second?: unknown, third?: unknown) => {
      const target = targetOf(first, second, third) ?? sessions.current;
      if (target === undefined) await train(parts, undefined, 'held');
      else await parts.showRun(target, 'panel');
    }),
    registry.registerCommand(commands.newExperiment, async () => parts.newExperiment.create()),
    registry.registerCommand(commands.openSick, () => parts.samples.openSick()),
    registry.registerCommand(commands.newExperimentFrom, async (file?: unknown) =>
      file instanceof Uri ? parts.newExperiment.from(file) : parts.newExperiment.create(),
    ),
    registry.registerCommand(commands.showLog, () => {
      log.show();
    }),
  ];
}

/** The targets of an experiment or variant: one, or one for each seed; itself where the file can't be read. */
async function targetsOf(target: Target): Promise<readonly Target[]> {
  const parsed = await readExperiment(target.uri).catch(() => undefined);
  return parsed?.kind === 'experiment' ? targetsIn(parsed.file, target.uri, target.variant) : [target];
}

/**
 * Trains a target, or an experiment that the user chooses; without a seed, one with several seeds is trained with all of
 * them.
 *
 * @param begin a held run starts when its panel shows the first picture
 */
export async function train(
  parts: TrainCommandParts,
  requested: Target | undefined,
  begin: Exclude<RunStart, 'now'> = 'held',
): Promise<void> {
  const target = requested ?? (await chooseExperiment(parts.samples));
  if (target === undefined) return;
  const targets = target.seed === undefined ? await targetsOf(target) : [target];
  const [first = target] = targets;
  if (begin === 'held' && first.seed !== undefined && target.seed === undefined) {
    await trainTogether(parts, targets, targets);
    return;
  }
  // Step by step, a person follows one run: that of the first seed.
  const show = (): void => void parts.showRun(first);
  const launch = await parts.launcher.launch(first, show, parts.isTrainable(first), begin);
  switch (launch.kind) {
    case 'started':
      return;
    case 'refused':
      await showProblems(target.uri, launch.problems);
      return;
    case 'failed':
      void showErrorMessage(launch.message);
      return;
    case 'stopped':
      return;
    default:
      launch satisfies never;
  }
}

async function trainAllOf(parts: TrainCommandParts, requested: Target | undefined): Promise<void> {
  const target = requested ?? (await chooseExperiment(parts.samples));
  if (target !== undefined) await trainAll(parts, target.uri);
}

interface ExperimentItem extends PickItem {
  readonly open: () => Promise<Target | undefined>;
}

const maxListedFiles = 200;

/** Lets the user choose an experiment; the list opens before its items are known. */
async function chooseExperiment(samples: Samples): Promise<Target | undefined> {
  const chosen = await showQuickPick(experimentItems(samples), {
    title: translate`Train RNN`,
    placeHolder: translate`Which experiment? Or start from a sample`,
    matchOnDescription: true,
  });
  return chosen?.open();
}

/** The experiments of the workspace, then the samples. */
async function experimentItems(samples: Samples): Promise<readonly ExperimentItem[]> {
  const files = await workspace.findFiles(experimentGlob, '**/{node_modules,unroll-runs}/**', maxListedFiles);
  const own = files
    .sort((a, b) => a.path.localeCompare(b.path))
    .map((uri) => ({
      label: fileNameOf(uri),
      description: workspace.asRelativePath(uri),
      open: async () => {
        await window.showTextDocument(uri);
        return { uri, variant: undefined };
      },
    }));
  const from = (await samples.items()).map(({ file, ...item }) => ({
    ...item,
    icon: 'new-file',
    open: async () => {
      const uri = await samples.copy(file);
      return uri === undefined ? undefined : { uri, variant: undefined };
    },
  }));
  return [...own, ...from];
}

async function askLearningRate(session: LiveSession): Promise<void> {
  const now = session.status.learningRate;
  const text = await showInputBox({
    title: translate`Learning Rate`,
    prompt: translate`Base learning rate from the next update on; the schedule still multiplies it.`,
    value: now === undefined ? '' : String(now),
    // The panel is redrawn meanwhile; the typed text stays until Enter or Escape.
    ignoreFocusOut: true,
    validateInput: (value) =>
      Number(value) > 0 && Number.isFinite(Number(value))
        ? undefined
        : translate`Enter a number above 0, such as 0.001.`,
  });
  if (text !== undefined) await session.setLearningRate(Number(text));
}

/** The pace of a run, from a list. */
async function askPace(session: LiveSession): Promise<void> {
  const items = paces.map((pace) => ({
    label: formatPace(pace),
    description: pace === session.status.pace ? 'now' : '',
    pace,
  }));
  const chosen = await showQuickPick(Promise.resolve(items), {
    title: translate`Pace of Training`,
    placeHolder: translate`How fast? The results are the same at every pace`,
  });
  if (chosen !== undefined) await session.setPace(chosen.pace);
}
