import { runFiles, updatesOfCheckpoint } from './runFiles';
import type { RunStorage } from './storage';

/**
 * Deletes the files of a run that was stopped before its first update. The folder of a run with a checkpoint of a later
 * update is left unchanged.
 */
export async function removeIncompleteRun(storage: RunStorage): Promise<void> {
  const later = (await storage.list(runFiles.checkpoints)).filter((name) => (updatesOfCheckpoint(name) ?? 0) > 0);
  if (later.length > 0) return;
  // The manifest last: as long as it exists, the folder is a run.
  const parts = [runFiles.checkpoint(0), runFiles.checkpoints, runFiles.rateChanges, runFiles.records];
  for (const part of [...parts, runFiles.overview, runFiles.manifest]) await storage.remove(part);
}
