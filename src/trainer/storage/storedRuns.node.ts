import type { StoredZoomedSeriesRequest } from '../../protocol/storedRun';
import { StoredZoomedSeries } from './zoomedSeries.node';
import { answerHistory } from './recordHistory.node';
import type { StoredRunHandlers } from '../service';

/** Runs whose index of batches is kept between two requests. */
const maxIndexedRuns = 8;

/** Answers what is asked of stored runs, from their folders on this machine's disk. */
export function storedRunHandlers(): StoredRunHandlers {
  // In the order of their last use.
  const indexed = new Map<string, StoredZoomedSeries>();
  const detailOf = ({ folder, info }: StoredZoomedSeriesRequest): StoredZoomedSeries => {
    const key = JSON.stringify([folder, info.layout, info.recordEvery]);
    const found = indexed.get(key) ?? new StoredZoomedSeries(folder, info);
    indexed.delete(key);
    indexed.set(key, found);
    for (const oldest of [...indexed.keys()].slice(0, -maxIndexedRuns)) indexed.delete(oldest);
    return found;
  };
  return {
    history: answerHistory,
    storedZoomedSeries: (asked) => detailOf(asked).read(asked.request),
  };
}
