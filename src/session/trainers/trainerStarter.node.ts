import { Uri } from 'vscode';
import { forkTrainers } from './trainerProcess.node';
import type { StartTrainerWorker } from './trainerWorker';

/** Starts each trainer as a process of its own, from the files of the extension. */
export function trainerStarter(extension: Uri): StartTrainerWorker {
  return forkTrainers(Uri.joinPath(extension, 'dist', 'trainer.cjs').fsPath);
}
