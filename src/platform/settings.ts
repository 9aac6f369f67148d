import { Uri, workspace } from 'vscode';
import { settings } from './ids';
import { machineCores, machineMemory } from './machine.node';

const mebibyte = 1024 * 1024;

/** Bytes a run may use: the setting, or half of this machine's memory where the setting is 0. */
export function memoryLimit(scope: Uri): number {
  const mib = workspace.getConfiguration(settings.section, scope).get<number>(settings.memoryLimitMiB, 0);
  return mib > 0 ? mib * mebibyte : machineMemory() / 2;
}

/** Whether runs keep their records in a folder beside the experiment. */
export function keepsRecords(scope: Uri): boolean {
  return workspace.getConfiguration(settings.section, scope).get<boolean>(settings.keepRecords, true);
}

/** Runs that train at the same time at most: the setting, or one for each core where the setting is 0. */
export function trainTogether(): number {
  const most = workspace.getConfiguration(settings.section).get<number>(settings.trainTogether, 0);
  return most > 0 ? most : Math.max(2, machineCores());
}

/**
 * The folder that the setting names for the runs of an experiment: an absolute path, or one inside the workspace folder
 * that holds it; undefined where runs stay beside their experiments.
 *
 * @throws saying what to write, when a relative path leads out of the workspace folder
 */
export function runsFolder(scope: Uri): Uri | undefined {
  const written = workspace.getConfiguration(settings.section, scope).get<string>(settings.runsFolder, '').trim();
  if (written === '') return undefined;
  if (/^([/\\]|[a-zA-Z]:[/\\])/.test(written)) return Uri.file(written);
  const home = workspace.getWorkspaceFolder(scope)?.uri;
  if (home === undefined) return undefined;
  const folder = Uri.joinPath(home, written.replaceAll('\\', '/'));
  if (!`${folder.path}/`.startsWith(home.path.endsWith('/') ? home.path : `${home.path}/`)) {
    throw new Error(
      `The setting ${settings.section}.${settings.runsFolder} is "${written}", which leads out of the workspace folder. ` +
        'Write a path inside it, or an absolute one.',
    );
  }
  return folder;
}

/** Threads that share the work of a run; 0 for as many as are of use. */
export function workerCount(scope: Uri): number {
  return workspace.getConfiguration(settings.section, scope).get<number>(settings.workers, 0);
}

/** Whether runs compute the same bits on every machine. */
export function isReproducible(scope: Uri): boolean {
  return workspace.getConfiguration(settings.section, scope).get<boolean>(settings.reproducible, false);
}
