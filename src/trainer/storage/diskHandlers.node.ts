import { exportTensorBoard } from '../export/tensorBoardExport.node';
import { loggedRuns } from '../logs/eventFiles.node';
import { importLog, summarizeLog } from '../logs/trainingLogs.node';
import type { DiskHandlers } from './storedRuns';

/** Reads logs from, and writes exports to, the disk of this machine. */
export const diskHandlers: DiskHandlers = {
  summarizeLog,
  loggedRuns: async ({ path }) => ({ runs: [...(await loggedRuns(path)).keys()] }),
  importLog,
  exportTensorBoard: async ({ folder, out }) => (await exportTensorBoard(folder, out)).file,
};
