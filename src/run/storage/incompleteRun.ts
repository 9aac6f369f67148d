import { runFiles, updatesOfCheckpoint } from './runFiles';
import type { RunStorage } from './storage';

/**
 * Takes away what a run that was stopped before its first update has left in its folder: half a beginning is no run. A
 * folder that holds more than a beginning is left as it is.
 */
export async function removeIncompleteRun(storage: RunStorage): Promise<void> {
  const later = (await storage.list(runFiles.checkpoints)).filter((name) => (updatesOfCheckpoint(name) ?? 0) > 0);
  if (later.length > 0) return;
  // The manifest last: what it is not taken from is a run still.
  const parts = [runFiles.checkpoint(0), runFiles.checkpoints, runFiles.rateChanges, runFiles.records];
  for (const part of [...parts, runFiles.overview, runFiles.manifest]) await storage.remove(part);
}
