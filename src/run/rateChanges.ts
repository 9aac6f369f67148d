import * as z from 'zod/mini';
import { formatDamagedLines, readCheckedLines, writeCheckedLines, type DamagedLine } from './storage/checkedLines';

const changeSchema = z.object({
  /** First update that the rate applies to. */
  update: z.int().check(z.nonnegative()),
  /** Base rate, before the schedule. */
  learningRate: z.number().check(z.positive()),
  /** Absent where the user changed it, and in runs of earlier versions. */
  cause: z.optional(z.literal('plateau')),
});

/** A change of the learning rate during training, by the user or by a plateau schedule. */
export type RateChange = Readonly<z.infer<typeof changeSchema>>;

/** Maximum size of the file of changes, in bytes: enough for hundreds of thousands. */
export const maxRateChangesBytes = 16 * 1024 * 1024;

/**
 * Changes as lines of the run's file of changes, each with a checksum of its other keys as JSON without spaces.
 *
 * @param damaged unreadable lines of the previous file, which stay in it, so that the loss of a change stays visible
 */
export function writeRateChanges(changes: readonly RateChange[], damaged: readonly DamagedLine[] = []): Uint8Array {
  const previous = damaged.map(({ text }) => `${text}\n`).join('');
  return new TextEncoder().encode(`${previous}${writeCheckedLines(changes)}`);
}

/** The content of a file of changes. */
export interface RateChangesRead {
  /** In the order of their updates. */
  readonly changes: readonly RateChange[];
  /** Lines that are damaged or truncated. */
  readonly damaged: readonly DamagedLine[];
}

/** Reads a file of changes; lines that are damaged or truncated are reported in `damaged`. */
export function readRateChanges(bytes: Uint8Array | undefined): RateChangesRead {
  const { values, damaged } = readCheckedLines(bytes, (keys) => changeSchema.safeParse(keys).data);
  return { changes: [...values].sort((a, b) => a.update - b.update), damaged };
}

/** The message about damaged lines in a run's file of changes; undefined if there are none. */
export function formatDamagedChanges(path: string, damaged: readonly DamagedLine[]): string | undefined {
  return formatDamagedLines(path, damaged, 'a change of the learning rate is lost');
}

/** The base rate that was set for exactly this update: the last one if there are several. */
export function learningRateAt(changes: readonly RateChange[], update: number): number | undefined {
  return changes.findLast((change) => change.update === update)?.learningRate;
}
