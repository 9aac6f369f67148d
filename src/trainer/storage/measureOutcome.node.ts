import type { MeasureRequest } from '../../protocol/storedRun';
import { OutcomeMeasurement, type MeasuredOutcome } from '../../run/measuredOutcome';
import { RecordFile } from './recordFile.node';
import { readBatches } from './recordHistory.node';

/**
 * Measures how a stored run ended from all of its records, one batch at a time.
 *
 * @throws when there are no readable records
 */
export async function measureOutcome({ folder, info }: MeasureRequest): Promise<MeasuredOutcome> {
  const records = await RecordFile.open(folder);
  const measurement = new OutcomeMeasurement();
  try {
    const take = (batch: Parameters<OutcomeMeasurement['add']>[0]): boolean => {
      measurement.add(batch);
      return true;
    };
    await readBatches(take, info, records, undefined, Infinity);
  } finally {
    await records.close();
  }
  return measurement.outcome;
}
