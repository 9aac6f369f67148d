import * as z from 'zod';

/** How many times its first value a loss must reach to have left it. */
export const onsetFactor = 10;

/** See Onset; `began` is null while the loss has not left its first size. */
export const onsetSchema = z.object({
  first: z.number(),
  began: z.number().int().nonnegative().nullable(),
});

/**
 * The update from which on the loss of a run has been more than ten times its first value: where a divergence began. A loss
 * that returns below that has not left for good.
 */
export class Onset {
  /** undefined before the first update. */
  state: Readonly<z.infer<typeof onsetSchema>> | undefined;

  /** Adds the loss of an update, before that update changed the weights. */
  add(update: number, loss: number): void {
    if (this.state === undefined) {
      this.state = { first: loss, began: null };
      return;
    }
    const { first, began } = this.state;
    // A first loss of 0 is no size to compare with.
    const hasLeft = first > 0 && !(loss <= onsetFactor * first);
    if (hasLeft !== (began !== null)) this.state = { first, began: hasLeft ? update : null };
  }
}
