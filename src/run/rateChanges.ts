import * as z from 'zod';

const changeSchema = z.object({
  /** First update that the rate applies to. */
  update: z.number().int().nonnegative(),
  /** Base rate, before the schedule. */
  learningRate: z.number().positive(),
});

/** A learning rate changed by hand while the run trained. */
export type RateChange = Readonly<z.infer<typeof changeSchema>>;

/** Bytes beyond which a file holds no changes: nobody makes hundreds of thousands by hand. */
export const largestRateChanges = 16 * 1024 * 1024;

/** Changes as lines of the run's file of changes. */
export function writeRateChanges(changes: readonly RateChange[]): Uint8Array {
  return new TextEncoder().encode(changes.map((change) => `${JSON.stringify(change)}\n`).join(''));
}

/** The changes of a file, in the order of their updates; a last line that was cut short is left out. */
export function readRateChanges(bytes: Uint8Array | undefined): readonly RateChange[] {
  const lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n');
  return lines
    .flatMap((line) => {
      try {
        return changeSchema.safeParse(JSON.parse(line)).data ?? [];
      } catch {
        return [];
      }
    })
    .sort((a, b) => a.update - b.update);
}

/** The base rate that was set by hand for exactly this update: the last one, where there were several. */
export function learningRateAt(changes: readonly RateChange[], update: number): number | undefined {
  return changes.findLast((change) => change.update === update)?.learningRate;
}
