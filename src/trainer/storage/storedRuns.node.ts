import type { StoredZoomedSeriesRequest } from '../../protocol/storedRun';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { exportTensorBoard } from '../export/tensorBoardExport.node';
import { trainedNetFile } from '../export/trainedNet';
import { loggedRuns } from '../logs/eventFiles.node';
import { importLog, summarizeLog } from '../logs/trainingLogs.node';
import { StoredZoomedSeries } from './zoomedSeries.node';
import { answerHistory } from './recordHistory.node';
import { diagnoseRecorded, measureOutcome, measureRun } from './measureRun.node';
import type { StoredRunHandlers } from '../service';

/** Maximum number of runs whose index of batches is cached between requests. */
const maxIndexedRuns = 8;

/** Answers requests about stored runs from their folders on this machine. */
export function storedRunHandlers(): StoredRunHandlers {
  // Least recently used first.
  const indexed = new Map<string, StoredZoomedSeries>();
  const zoomedSeriesOf = ({ folder, info }: StoredZoomedSeriesRequest): StoredZoomedSeries => {
    const key = JSON.stringify([folder, info.layout, info.recordEvery]);
    const found = indexed.get(key) ?? new StoredZoomedSeries(folder, info);
    indexed.delete(key);
    indexed.set(key, found);
    for (const oldest of [...indexed.keys()].slice(0, -maxIndexedRuns)) indexed.delete(oldest);
    return found;
  };
  return {
    history: answerHistory,
    measure: measureRun,
    measureOutcome,
    diagnoseRecorded,
    summarizeLog,
    loggedRuns: async ({ path }) => ({ runs: [...(await loggedRuns(path)).keys()] }),
    importLog,
    exportTensorBoard: async ({ folder, out }) => (await exportTensorBoard(folder, out)).file,
    trainedNet: async ({ folder, format, checkpoint }) => {
      const { bytes } = await trainedNetFile(new FolderStorage(folder), format, checkpoint);
      return new Uint8Array(bytes);
    },
    storedZoomedSeries: (params) => zoomedSeriesOf(params).read(params.request),
  };
}
