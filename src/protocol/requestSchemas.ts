import * as z from 'zod/mini';

/** A count, or an index from 0. */
export const index = z.int().check(z.nonnegative());

/** No parameters. An omitted value arrives from a page as null. */
export const nothing = z.pipe(
  z.transform((params: unknown) => params ?? undefined),
  z.undefined(),
);

/** A factor or a threshold: finite and greater than 0. */
export const positive = z.number().check(z.positive());
