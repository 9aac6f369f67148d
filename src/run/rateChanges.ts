import * as z from 'zod';
import { checksumKey, textChecksum } from './storage/checksum';

const changeSchema = z.object({
  /** First update that the rate applies to. */
  update: z.number().int().nonnegative(),
  /** Base rate, before the schedule. */
  learningRate: z.number().positive(),
});

/** A learning rate that the user changed during training. */
export type RateChange = Readonly<z.infer<typeof changeSchema>>;

/** Maximum size of the file of changes, in bytes: enough for hundreds of thousands. */
export const maxRateChangesBytes = 16 * 1024 * 1024;

/**
 * Changes as lines of the run's file of changes, each with a checksum of its other keys as JSON without spaces.
 *
 * @param damaged unreadable lines of the previous file, which stay in it, so that the loss of a change stays visible
 */
export function writeRateChanges(changes: readonly RateChange[], damaged: readonly DamagedLine[] = []): Uint8Array {
  const lines = changes.map((change) => ({ ...change, [checksumKey]: textChecksum(JSON.stringify(change)) }));
  return new TextEncoder().encode(
    [...damaged.map(({ text }) => text), ...lines.map((line) => JSON.stringify(line))]
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** A line that could not be read, and its number in the file, from 1. */
export interface DamagedLine {
  readonly number: number;
  readonly text: string;
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
  const lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n');
  const read = lines.map((line, n) => ({ number: n + 1, text: line, change: parseChange(line) }));
  return {
    changes: read.flatMap(({ change }) => change ?? []).sort((a, b) => a.update - b.update),
    damaged: read.filter(({ text, change }) => change === undefined && text !== ''),
  };
}

/** The message about damaged lines in a run's file of changes; undefined if there are none. */
export function formatDamagedChanges(path: string, damaged: readonly DamagedLine[]): string | undefined {
  const [first, ...others] = damaged;
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${path} is damaged in line ${first.number}${more}: a change of the learning rate is lost.`;
}

function parseChange(line: string): RateChange | undefined {
  try {
    const json: unknown = JSON.parse(line);
    if (typeof json !== 'object' || json === null) return undefined;
    const { [checksumKey]: checksum, ...change } = json as Record<string, unknown>;
    if (checksum !== undefined && checksum !== textChecksum(JSON.stringify(change))) return undefined;
    return changeSchema.safeParse(change).data;
  } catch {
    return undefined;
  }
}

/** The base rate that was set for exactly this update: the last one if there are several. */
export function learningRateAt(changes: readonly RateChange[], update: number): number | undefined {
  return changes.findLast((change) => change.update === update)?.learningRate;
}
