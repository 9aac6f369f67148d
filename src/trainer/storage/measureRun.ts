import type { Finding } from '../../diagnosis/finding';
import { RecordedDiagnosis } from '../../diagnosis/recordedDiagnosis';
import type { RunInfo } from '../../protocol/run';
import type { RecordInfo } from '../../protocol/storedRun';
import { OutcomeMeasurement, type MeasuredOutcome } from '../../run/measuredOutcome';
import { RunMeasurement, type MeasuredRun } from '../../run/measuredRun';
import type { RunStorage } from '../../run/storage/storage';
import { RecordFile } from './recordFile';
import { readBatches } from './recordHistory';

/** What takes the records of a run, one batch at a time. */
interface Measurement {
  add(batch: Parameters<Parameters<typeof readBatches>[0]>[0]): void;
}

/**
 * Measures a stored run from all of its records.
 *
 * @throws when there are no readable records
 */
export async function measureRun(storage: RunStorage, info: RecordInfo): Promise<MeasuredRun> {
  return (await measured(storage, info, new RunMeasurement())).measured;
}

/**
 * Measures how a stored run ended from all of its records.
 *
 * @throws when there are no readable records
 */
export async function measureOutcome(storage: RunStorage, info: RecordInfo): Promise<MeasuredOutcome> {
  return (await measured(storage, info, new OutcomeMeasurement())).outcome;
}

/**
 * What the rules find in the records of a run that another program recorded.
 *
 * @throws when there are no readable records
 */
export async function diagnoseRecorded(storage: RunStorage, info: RunInfo): Promise<readonly Finding[]> {
  return (await measured(storage, info, new RecordedDiagnosis(info))).finish();
}

/** The measurement after it was given all records of a run. */
async function measured<M extends Measurement>(storage: RunStorage, info: RecordInfo, measurement: M): Promise<M> {
  const records = await RecordFile.open(storage);
  try {
    const take = (batch: Parameters<M['add']>[0]): boolean => {
      measurement.add(batch);
      return true;
    };
    await readBatches(take, info, records, undefined, Infinity);
  } finally {
    await records.close();
  }
  return measurement;
}
