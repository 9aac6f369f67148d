import {
  commands as registry,
  tasks,
  TaskScope,
  Uri,
  window,
  workspace,
  type Disposable,
  type Task,
  type TaskDefinition,
  type TaskProvider,
  type WorkspaceFolder,
} from 'vscode';
import { commands, experimentGlob, taskType } from '../platform/ids';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { runnerTask } from '../platform/runnerTask';
import { isReproducible, memoryLimit, runsFolder, workerCount } from '../platform/settings';
import { reasonOf } from '../protocol/channel';
import { fileNameOf } from '../session/experimentText';
import type { Target } from '../session/sessions';
import { targetOf } from '../session/targets';
import { nodeProgram } from '../platform/machine.node';
import { isWithoutDisk } from '../platform/needsDisk';
import { translate, translateMessage } from '../text/translate';

/** What a task may do with an experiment: commands of the runner that take the file alone. */
const taskCommands = ['train', 'check', 'test'] as const;

type TaskCommand = (typeof taskCommands)[number];

/** A task of the type `unroll`, as it stands in tasks.json. */
interface RunnerDefinition extends TaskDefinition {
  /** The experiment, relative to the workspace folder of the task; or an absolute path. */
  readonly file: string;
  /** `train` by default. */
  readonly command?: TaskCommand;
  readonly variant?: string;
  /** Further words of the command line. */
  readonly args?: readonly string[];
}

/** Maximum number of experiments for which tasks are offered. */
const maxListedFiles = 200;

const mebibyte = 1024 * 1024;

/** The tasks that train and check the experiments of the workspace in a terminal. There are none in Restricted Mode. */
class RunnerTasks implements TaskProvider {
  /** @param script path of the terminal runner */
  constructor(readonly script: string) {}

  async provideTasks(): Promise<Task[]> {
    if (!workspace.isTrusted || nodeProgram === undefined) return [];
    const files = await workspace.findFiles(experimentGlob, '**/{node_modules,unroll-runs}/**', maxListedFiles);
    return files
      .sort((a, b) => a.path.localeCompare(b.path))
      .flatMap((uri) => (['train', 'check'] as const).flatMap((command) => this.taskOf(uri, command) ?? []));
  }

  resolveTask({ definition, scope }: Task): Task | undefined {
    if (!workspace.isTrusted || !isRunnerDefinition(definition)) return undefined;
    const home = typeof scope === 'object' ? scope : workspace.workspaceFolders?.[0];
    const uri = uriOf(definition.file, home);
    return uri === undefined ? undefined : this.#task(uri, definition, home);
  }

  /** The task for an experiment; undefined where it isn't a file on disk. */
  taskOf(uri: Uri, command: TaskCommand, variant?: string): Task | undefined {
    const home = workspace.getWorkspaceFolder(uri);
    const file = home === undefined ? uri.fsPath : workspace.asRelativePath(uri, false);
    const definition: RunnerDefinition = {
      ...{ type: taskType, file, command },
      ...(variant === undefined ? {} : { variant }),
    };
    return this.#task(uri, definition, home);
  }

  #task(uri: Uri, definition: RunnerDefinition, home: WorkspaceFolder | undefined): Task | undefined {
    if (uri.scheme !== 'file' || nodeProgram === undefined) return undefined;
    const { command = 'train', variant, args = [] } = definition;
    const words = [
      ...[command, uri.fsPath],
      ...(variant === undefined ? [] : [`--variant=${variant}`]),
      ...(command === 'check' || namesFolder(args) ? [] : runsWords(uri)),
      ...settingsWords(uri),
      ...args,
    ];
    const call = { script: this.script, words, folder: (home?.uri ?? Uri.joinPath(uri, '..')).fsPath };
    const name = [command, fileNameOf(uri), ...(variant === undefined ? [] : [`(${variant})`])].join(' ');
    return runnerTask(nodeProgram, definition, home ?? TaskScope.Workspace, name, call);
  }
}

function isRunnerDefinition(definition: TaskDefinition): definition is RunnerDefinition {
  const { file, command, variant, args } = definition;
  return (
    typeof file === 'string' &&
    file !== '' &&
    (command === undefined || taskCommands.some((known) => known === command)) &&
    (variant === undefined || (typeof variant === 'string' && variant !== '')) &&
    (args === undefined || (Array.isArray(args) && args.every((word) => typeof word === 'string')))
  );
}

/** The experiment of a definition; undefined for a relative path without a workspace folder. */
function uriOf(file: string, home: WorkspaceFolder | undefined): Uri | undefined {
  if (/^([/\\]|[a-zA-Z]:[/\\])/.test(file)) return Uri.file(file);
  return home === undefined ? undefined : Uri.joinPath(home.uri, file.replaceAll('\\', '/'));
}

/** Whether words of a command line say where the run is written. */
function namesFolder(args: readonly string[]): boolean {
  return args.some((word) => /^--(?:out|runs)(?:=|$)/.test(word));
}

/** Runs are where the settings want them, so that the list of runs finds them. */
function runsWords(uri: Uri): readonly string[] {
  const folder = runsFolder(uri);
  return folder === undefined ? [] : [`--runs=${folder.fsPath}`];
}

/** The settings of the panel's trainings, as options of the runner. */
function settingsWords(uri: Uri): readonly string[] {
  const home = workspace.getWorkspaceFolder(uri)?.uri;
  const workers = workerCount(uri);
  return [
    ...(home === undefined ? [] : [`--workspace=${home.fsPath}`]),
    `--memory=${Math.max(1, Math.floor(memoryLimit(uri) / mebibyte))}`,
    ...(workers > 0 ? [`--workers=${workers}`] : []),
    ...(isReproducible(uri) ? ['--reproducible'] : []),
  ];
}

/**
 * Registers the tasks of the terminal runner, and the command that trains the experiment in front with one.
 *
 * @param script path of the runner's script
 */
export function registerRunnerTasks(script: string): Disposable[] {
  const runner = new RunnerTasks(script);
  return [
    tasks.registerTaskProvider(taskType, runner),
    registry.registerCommand(commands.trainInTerminal, async (first?: unknown, second?: unknown) => {
      try {
        await trainInTerminal(runner, targetOf(first, second));
      } catch (error) {
        void showErrorMessage(translate`Not trained: ${translateMessage(reasonOf(error))}`);
      }
    }),
  ];
}

async function trainInTerminal(runner: RunnerTasks, target: Target | undefined): Promise<void> {
  if (target === undefined) {
    void showInformationMessage(translate`Open an experiment (*.rnn.json) to train it in a terminal.`);
    return;
  }
  if (isWithoutDisk(translate`Train in Terminal`)) return;
  if (!workspace.isTrusted) {
    const manage = translate`Manage Workspace Trust`;
    const answer = await showInformationMessage(
      translate`In Restricted Mode nothing is trained in a terminal. Trust the workspace to do that, or press ▶ Train above the experiment.`,
      manage,
    );
    if (answer === manage) await registry.executeCommand('workbench.trust.manage');
    return;
  }
  const { uri, variant } = target;
  const task = runner.taskOf(uri, 'train', variant);
  if (task === undefined) {
    void showInformationMessage(
      translate`A terminal trains files on disk. Save the experiment to a folder on this machine first.`,
    );
    return;
  }
  // The terminal reads the file; what is trained is what is seen.
  const document = window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  if (document?.document.isDirty === true && !(await document.document.save())) return;
  await tasks.executeTask(task);
}
