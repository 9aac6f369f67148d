import { readRateChanges, type RateChange } from '../../run/rateChanges';
import { runFiles } from '../../run/storage/runFiles';
import { runStorage } from '../files/hostFiles.node';

/** Bytes up to which the extension host reads the file: thousands of changes, more than can be drawn. */
const maxBytes = 1024 * 1024;

/** The changes of the learning rate in a run's folder; none where they can't be read, as they are only drawn. */
export async function readRateChangesIn(folder: string): Promise<readonly RateChange[]> {
  try {
    return readRateChanges(await runStorage(folder).read(runFiles.rateChanges, maxBytes)).changes;
  } catch {
    return [];
  }
}
