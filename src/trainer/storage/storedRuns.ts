import type { StoredZoomedSeriesRequest } from '../../protocol/storedRun';
import type { RunStorage } from '../../run/storage/storage';
import { trainedNetFile } from '../export/trainedNet';
import type { StoredRunHandlers } from '../service';
import { diagnoseRecorded, measureOutcome, measureRun } from './measureRun';
import { answerHistory } from './recordHistory';
import { StoredZoomedSeries } from './zoomedSeries';

/** Maximum number of runs whose index of batches is cached between requests. */
const maxIndexedRuns = 8;

/** What is read from, or written to, the disk of this machine, outside the folders of runs. */
export type DiskHandlers = Pick<StoredRunHandlers, 'summarizeLog' | 'loggedRuns' | 'importLog' | 'exportTensorBoard'>;

/** Answers requests about stored runs from their folders. */
export function storedRunHandlers(openFolder: (folder: string) => RunStorage, disk: DiskHandlers): StoredRunHandlers {
  // Least recently used first.
  const indexed = new Map<string, StoredZoomedSeries>();
  const zoomedSeriesOf = ({ folder, info }: StoredZoomedSeriesRequest): StoredZoomedSeries => {
    const key = JSON.stringify([folder, info.layout, info.recordEvery]);
    const found = indexed.get(key) ?? new StoredZoomedSeries(openFolder(folder), info);
    indexed.delete(key);
    indexed.set(key, found);
    for (const oldest of [...indexed.keys()].slice(0, -maxIndexedRuns)) indexed.delete(oldest);
    return found;
  };
  return {
    history: ({ folder, ...request }) => answerHistory(openFolder(folder), request),
    measure: ({ folder, info }) => measureRun(openFolder(folder), info),
    measureOutcome: ({ folder, info }) => measureOutcome(openFolder(folder), info),
    diagnoseRecorded: ({ folder, info }) => diagnoseRecorded(openFolder(folder), info),
    trainedNet: async ({ folder, format, checkpoint }) => {
      const { bytes } = await trainedNetFile(openFolder(folder), format, checkpoint);
      return new Uint8Array(bytes);
    },
    storedZoomedSeries: (params) => zoomedSeriesOf(params).read(params.request),
    ...disk,
  };
}
