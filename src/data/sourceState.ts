import * as z from 'zod/mini';

const integers = z.readonly(z.array(z.int()));

const schema = z.strictObject({
  /** The state of the training stream's generator: four 32-bit words; empty if the source has no randomness. */
  random: integers.check(z.refine((words) => words.length === 4 || words.length === 0)),
  /** Contiguous text after its first window: the next character of every sequence. */
  positions: z.optional(integers),
});

/** The position of a source, as JSON in checkpoints: a resumed run draws the same batches as an uninterrupted one. */
export type SourceState = Readonly<z.infer<typeof schema>>;

/**
 * Reads a state from JSON.
 * @throws if it is not a valid state
 */
export function readSourceState(value: unknown): SourceState {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Error(
    `Invalid state of a data source: ${read.error.issues[0]?.message ?? 'unknown'}. The checkpoint is damaged. Resume from an earlier one.`,
  );
}
