import * as z from 'zod';

const integers = z.array(z.int()).readonly();

const schema = z.strictObject({
  /** The state of the training stream's generator: four words; none where nothing is drawn. */
  random: integers.refine((words) => words.length === 4 || words.length === 0),
  /** Contiguous text that has begun: the next character of every lane. */
  positions: integers.optional(),
});

/** Where a source stands, as JSON: written into checkpoints, so that a resumed run draws what it would have drawn. */
export type SourceState = Readonly<z.infer<typeof schema>>;

/**
 * A state read back from JSON.
 * @throws where it is none
 */
export function readSourceState(value: unknown): SourceState {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new Error(
    `This is no state of a data source: ${read.error.issues[0]?.message ?? 'unknown'}. The checkpoint is damaged; go on from an earlier one.`,
  );
}
