import type { MeasureRequest } from '../../protocol/storedRun';
import { RunMeasurement, type MeasuredRun } from '../../run/measuredRun';
import { RecordFile } from './recordFile.node';
import { readBatches } from './recordHistory.node';

/**
 * Measures a stored run from all of its records, one batch at a time.
 *
 * @throws when there are no readable records
 */
export async function measureRun({ folder, info }: MeasureRequest): Promise<MeasuredRun> {
  const records = await RecordFile.open(folder);
  const measurement = new RunMeasurement();
  try {
    const take = (batch: Parameters<RunMeasurement['add']>[0]): boolean => {
      measurement.add(batch);
      return true;
    };
    await readBatches(take, info, records, undefined, Infinity);
  } finally {
    await records.close();
  }
  return measurement.measured;
}
