import * as z from 'zod';

/** A count, or an index from 0. */
export const index = z.number().int().nonnegative();

/** No parameters. An omitted value arrives from a page as null. */
export const nothing = z.preprocess((params) => params ?? undefined, z.undefined());

/** A factor or a threshold: finite and greater than 0. */
export const positive = z.number().positive();
