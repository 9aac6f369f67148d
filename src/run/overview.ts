import * as z from 'zod';
import type { RecordLayout } from './records/recordBatch';
import { readTensorFile, writeTensorFile, type StoredTensor } from './storage/safetensors';

/** One downsampled table of a display series: `count` columns of `stride` updates each. */
export interface OverviewTable {
  readonly stride: number;
  readonly from: number;
  readonly count: number;
  /** Per field (count, width). */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** A summary of a run's records, so that a long run opens without reading them all. */
export interface Overview {
  /** Bytes of the record file that it covers; the bytes after them have to be read. */
  readonly recordBytes: number;
  readonly numbers: {
    readonly updates: number;
    readonly seconds: number;
    readonly clipped: number;
    readonly lastClip: number | undefined;
    readonly loss: number | undefined;
    readonly validationLoss: number | undefined;
    readonly best: { readonly updates: number; readonly validationLoss: number } | undefined;
    readonly learningRate: number | undefined;
    readonly missing: { readonly from: number; readonly to: number; readonly count: number } | undefined;
  };
  readonly tables: { readonly scalars: OverviewTable; readonly heat: OverviewTable };
}

/** Maximum size of an overview, in bytes: its two tables are bounded, however long the run. */
export const maxOverviewBytes = 256 * 1024 * 1024;

const format = 'unroll-overview-1';
const count = z.number().int().nonnegative();
const describedSchema = z.object({
  recordBytes: count,
  numbers: z.object({
    updates: count,
    seconds: z.number(),
    clipped: count,
    lastClip: count.optional(),
    loss: z.number().optional(),
    validationLoss: z.number().optional(),
    best: z.object({ updates: count, validationLoss: z.number() }).optional(),
    learningRate: z.number().optional(),
    missing: z.object({ from: count, to: count, count }).optional(),
  }),
  scalars: z.object({ stride: count.min(1), count }),
  heat: z.object({ stride: count.min(1), count }),
});

const tableNames = ['scalars', 'heat'] as const;

/** The bytes of an overview: a safetensors file with a tensor for each field of the two tables. */
export function writeOverview({ recordBytes, numbers, tables }: Overview, layout: RecordLayout): Uint8Array {
  const tensors = new Map<string, StoredTensor>();
  for (const name of tableNames) {
    for (const [field, data] of Object.entries(tables[name].columns)) {
      const { count: columns } = tables[name];
      const width = columns === 0 ? 0 : data.length / columns;
      tensors.set(`${name}/${field}`, { dtype: 'F64', shape: [columns, width], data });
    }
  }
  const sizes = ({ stride, count: columns }: OverviewTable) => ({ stride, count: columns });
  const described = { recordBytes, numbers, scalars: sizes(tables.scalars), heat: sizes(tables.heat) };
  return writeTensorFile({
    tensors,
    metadata: { format, layout: JSON.stringify(layout), described: JSON.stringify(described) },
  });
}

/** Reads an overview; undefined if the bytes are not an overview, or one of records with other columns. */
export function readOverview(bytes: Uint8Array, layout: RecordLayout): Overview | undefined {
  try {
    const { tensors, metadata } = readTensorFile(bytes);
    if (metadata['format'] !== format || metadata['layout'] !== JSON.stringify(layout)) return undefined;
    const described = describedSchema.parse(JSON.parse(metadata['described'] ?? 'null'));
    const table = (name: (typeof tableNames)[number]): OverviewTable => {
      const columns: Record<string, Float64Array> = {};
      for (const [path, tensor] of tensors) {
        if (!path.startsWith(`${name}/`) || tensor.dtype !== 'F64') continue;
        // A tensor takes memory when it is first read, so unknown fields take none.
        Object.defineProperty(columns, path.slice(name.length + 1), { enumerable: true, get: () => tensor.data });
      }
      return { ...described[name], from: 0, columns };
    };
    const { numbers, recordBytes } = described;
    return {
      recordBytes,
      numbers: {
        ...numbers,
        lastClip: numbers.lastClip,
        loss: numbers.loss,
        validationLoss: numbers.validationLoss,
        best: numbers.best,
        learningRate: numbers.learningRate,
        missing: numbers.missing,
      },
      tables: { scalars: table('scalars'), heat: table('heat') },
    };
  } catch {
    return undefined;
  }
}
