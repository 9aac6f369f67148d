import { Uri, workspace } from 'vscode';
import { settings } from './ids';
import { machineCores, machineMemory } from './machine.node';

const mebibyte = 1024 * 1024;

/** Maximum number of bytes that a run may use: the setting, or half of this machine's memory where the setting is 0. */
export function memoryLimit(scope: Uri): number {
  const mib = workspace.getConfiguration(settings.section, scope).get<number>(settings.memoryLimitMiB, 0);
  return mib > 0 ? mib * mebibyte : machineMemory() / 2;
}

/** Whether runs are saved to a folder. */
export function keepsRecords(scope: Uri): boolean {
  return workspace.getConfiguration(settings.section, scope).get<boolean>(settings.keepRecords, true);
}

/**
 * Maximum number of runs that train at the same time: the setting, or one per core (at least two) where the setting is
 * 0.
 */
export function trainTogether(): number {
  const limit = workspace.getConfiguration(settings.section).get<number>(settings.trainTogether, 0);
  return limit > 0 ? limit : Math.max(2, machineCores());
}

/**
 * The folder in the settings for the runs of an experiment: an absolute path, or one relative to the workspace folder
 * that contains the experiment; undefined where runs are saved next to their experiments.
 *
 * @throws with a message for the user when a relative path is outside the workspace folder
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
      `The setting ${settings.section}.${settings.runsFolder} is "${written}", which is outside the workspace folder. ` +
        'Enter a path inside it, or an absolute one.',
    );
  }
  return folder;
}

/** Number of threads that share the work of a run; 0 = automatic. */
export function workerCount(scope: Uri): number {
  return workspace.getConfiguration(settings.section, scope).get<number>(settings.workers, 0);
}

/** Whether measured values are shown beside the keys of an experiment. */
export function showsMeasuredValues(scope: Uri): boolean {
  return workspace.getConfiguration(settings.section, scope).get<boolean>(settings.measuredValues, true);
}

/** Seconds of training from which the end of a run is notified; 0 = never. */
export function notifyAfterSeconds(scope: Uri): number {
  return workspace.getConfiguration(settings.section, scope).get<number>(settings.notifyAfterSeconds, 60);
}

/** Whether runs compute the same bits on every machine. */
export function isReproducible(scope: Uri): boolean {
  return workspace.getConfiguration(settings.section, scope).get<boolean>(settings.reproducible, false);
}
