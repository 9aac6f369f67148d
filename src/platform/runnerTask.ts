import {
  ProcessExecution,
  Task,
  TaskPanelKind,
  TaskRevealKind,
  type TaskDefinition,
  type TaskScope,
  type WorkspaceFolder,
} from 'vscode';
import { plainText } from '../text/plainText';
import { problemMatchers } from './ids';

/** A call of the terminal runner. */
export interface RunnerCall {
  /** Path of the runner's script. */
  readonly script: string;
  /** The words of its command line; each is one argument, whatever is in it. */
  readonly words: readonly string[];
  /** Folder in which it runs. */
  readonly folder: string;
}

/**
 * A task that calls the terminal runner, as a process and never through a shell: nothing in a file name is a command. It
 * runs with the Node.js of the extension host.
 *
 * @param nodeProgram the Node.js that runs it
 * @param definition the same object that VS Code passed, where it asked to resolve one
 * @param name shown as plain text
 */
export function runnerTask(
  nodeProgram: string,
  definition: TaskDefinition,
  scope: WorkspaceFolder | TaskScope.Workspace,
  name: string,
  { script, words, folder }: RunnerCall,
): Task {
  const execution = new ProcessExecution(nodeProgram, [script, ...words], {
    cwd: folder,
    // The Electron binary of desktop VS Code runs as Node only with this variable.
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  const task = new Task(definition, scope, plainText(name), 'Unroll', execution, [...problemMatchers]);
  task.presentationOptions = {
    reveal: TaskRevealKind.Always,
    panel: TaskPanelKind.Dedicated,
    clear: true,
    // The terminal would obey control characters in a name; the runner prints what it trains without them.
    echo: false,
  };
  return task;
}
