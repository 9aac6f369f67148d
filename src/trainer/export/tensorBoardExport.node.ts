import { closeSync, openSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestIn } from '../../run/manifest';
import type { RecordLayout, UpdateRecord } from '../../run/records/recordBatch';
import { recordsOf } from '../../run/records/recordsOfBatch';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { isEventFileName } from '../logs/eventFiles.node';
import { RecordFile } from '../storage/recordFile';
import { readBatches } from '../storage/recordHistory';
import { eventRecord, firstRecord, type WrittenValue } from './eventFile';

/** Bytes that are collected before they are written. */
const bytesPerWrite = 1 << 20;

/**
 * Writes the curves of a stored run as an event file for TensorBoard: losses, norms, learning rate and what validations
 * measured as scalars in double precision, and ‖∂L/∂h_t‖ of each recorded update as a histogram whose bucket from t to t+1
 * counts the norm at step t.
 *
 * @param folder of the run
 * @param out the folder of the file; it must have no event file
 * @returns the path of the file, and how many updates it has
 * @throws with a readable reason where the run can't be read or the file can't be written
 */
export async function exportTensorBoard(
  folder: string,
  out: string,
): Promise<{ readonly file: string; readonly updates: number }> {
  const storage = new FolderStorage(folder);
  const { facts, startedAt } = await manifestIn(storage);
  await mkdir(out, { recursive: true });
  // TensorBoard shows all event files of a folder as one run.
  const earlier = (await readdir(out)).find(isEventFileName);
  if (earlier !== undefined) {
    throw new Error(
      `${out} has an event file (${earlier}), which TensorBoard would mix with this one. Choose another folder.`,
    );
  }
  const parsed = Date.parse(startedAt) / 1000;
  const began = Number.isFinite(parsed) ? parsed : 0;
  const file = join(out, `events.out.tfevents.${Math.floor(began)}.unroll`);
  const records = await RecordFile.open(storage);
  const handle = openSync(file, 'wx');
  try {
    let updates = 0;
    let waiting: Uint8Array[] = [firstRecord(began)];
    let bytes = 0;
    const write = (): void => {
      writeFileSync(handle, Buffer.concat(waiting));
      waiting = [];
      bytes = 0;
    };
    await readBatches(
      (batch) => {
        for (const record of recordsOf(batch)) {
          const written = eventRecord(began + record.seconds, record.update, valuesOf(record, facts.layout));
          waiting.push(written);
          bytes += written.length;
          updates += 1;
          if (bytes >= bytesPerWrite) write();
        }
        return true;
      },
      facts,
      records,
      undefined,
      Infinity,
    );
    write();
    return { file, updates };
  } finally {
    closeSync(handle);
    await records.close();
  }
}

/** The values of an update that were recorded. */
function valuesOf(record: UpdateRecord, { metrics = [], parameters }: RecordLayout): readonly WrittenValue[] {
  const scalars: (readonly [string, number | undefined])[] = [
    ['loss/training', record.loss],
    ['loss/validation', record.validationLoss],
    ['grad_norm/before_clipping', record.gradNorm],
    ['grad_norm/after_clipping', record.clippedNorm],
    ['learning_rate', record.learningRate],
    ...metrics.map((name, m) => [`validation/${name}`, record.metrics?.[m]] as const),
    ...parameters.flatMap((name, p) => {
      const norms = record.parameterNorms[p];
      return [
        [`parameter_grad_norm/${name}`, norms?.gradNorm],
        [`parameter_update_norm/${name}`, norms?.updateNorm],
        [`parameter_weight_norm/${name}`, norms?.weightNorm],
      ] as const;
    }),
  ];
  return [
    ...scalars.flatMap(([tag, value]): readonly WrittenValue[] =>
      value === undefined || Number.isNaN(value)
        ? []
        : [{ tag, plugin: 'scalars', shape: [], numbers: Float64Array.of(value) }],
    ),
    ...(record.record?.layers ?? []).map(({ dh }, l): WrittenValue => {
      const steps = Array.from(dh, (norm, t) => [t, t + 1, norm] as const).filter(([, , norm]) => !Number.isNaN(norm));
      return {
        tag: `gradient_through_time/l${l}`,
        plugin: 'histograms',
        shape: [steps.length, 3],
        numbers: Float64Array.from(steps.flat()),
      };
    }),
  ];
}
