import { Uri, workspace } from 'vscode';
import { runsFolder } from '../../platform/settings';
import { defaultRunsFolder } from '../../run/storage/runFolder';
import { folderOf } from '../experimentText';
import { canStoreRuns } from './hostFiles.node';

/**
 * The folder in which the runs of an experiment are saved, each in its own: that of the setting, else the one beside the
 * experiment. Where runs can't be written there, it is the storage of the extension. Undefined if there is none, and for
 * an experiment that is not saved itself: the next one may have its name.
 *
 * @param ownRuns the folder in the storage of the extension; undefined in a window without a workspace
 * @throws if the setting is not valid
 */
export function folderOfRuns(experiment: Uri, ownRuns: Uri | undefined): Uri | undefined {
  if (experiment.scheme === 'untitled') return undefined;
  const wanted = chosenFolder(experiment);
  return canStoreRuns(wanted) && isWritable(wanted) ? wanted : ownRuns;
}

/**
 * The folder that the setting names for the runs of a file, else the one beside the file, whether or not it can be written.
 *
 * @throws if the setting is not valid
 */
export function chosenFolder(file: Uri): Uri {
  return runsFolder(file) ?? Uri.joinPath(folderOf(file), defaultRunsFolder);
}

/** False for a file system that is known to be read-only. */
function isWritable({ scheme }: Uri): boolean {
  return workspace.fs.isWritableFileSystem(scheme) !== false;
}
