import * as z from 'zod/mini';
import { nothing } from './requestSchemas';

/** A range test of the learning rate: one update at each rate, from a small to a large one. */
export interface RangeTest {
  /** The rate of each update, ascending. */
  readonly rates: readonly number[];
  /** The training loss of each update, before it changes the weights. */
  readonly losses: readonly number[];
  /** The losses smoothed by an exponential moving average, see `smoothLosses`. */
  readonly smoothed: readonly number[];
  /** Why it ended: the loss had risen far, was no longer finite, or all rates were tried. */
  readonly end: 'risen' | 'nonFinite' | 'all';
  /** undefined where the loss has not fallen clearly at any rate. */
  readonly suggestion: RateSuggestion | undefined;
  /** What the curve shows, and why this rate is suggested, or none. */
  readonly reason: string;
}

/** Learning rates that a range test suggests. */
export interface RateSuggestion {
  /** A tenth of `lowest`, to two digits. */
  readonly rate: number;
  /** Where the smoothed loss falls fastest over the logarithm of the rate, to two digits. */
  readonly steepest: number;
  /** Where the smoothed loss is lowest. */
  readonly lowest: number;
}

const maxTested = 100_000;
const losses = z.readonly(z.array(z.number()).check(z.maxLength(maxTested)));
/** Above 0: they are drawn over their logarithm. */
const rate = z.number().check(z.positive());

/** Validates a range test that was stored. JSON leaves out a suggestion that is undefined. */
export const storedRangeTestSchema = z
  .object({
    rates: z.readonly(z.array(rate).check(z.maxLength(maxTested))),
    losses,
    smoothed: losses,
    end: z.enum(['risen', 'nonFinite', 'all']),
    suggestion: z.optional(z.object({ rate, steepest: rate, lowest: rate })),
    reason: z.string(),
  })
  .check(
    z.refine((test) => test.losses.length === test.rates.length && test.smoothed.length === test.rates.length, {
      error: 'There must be one loss and one smoothed loss for each rate.',
    }),
  );

/** How far a range test is. */
export interface RangeTestProgress {
  /** Updates made. */
  readonly done: number;
  /** Updates of the whole test; it may end earlier. */
  readonly total: number;
}

/** What the page of a range test shows. */
export type RangeTestState = {
  /** What is tested, which VS Code stores for the panel. */
  readonly target: { readonly uri: string; readonly variant?: string | undefined };
  /** Name of the experiment file, and of the variant. */
  readonly name: string;
  /** The learning rate that the experiment has now. */
  readonly present: number | undefined;
} & (
  | { readonly kind: 'running'; readonly progress: RangeTestProgress | undefined }
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'done';
      readonly test: RangeTest;
      /** What became of the last rate that was chosen; undefined before. */
      readonly written: string | undefined;
    }
);

/** The parameters of every request that the page can send: a page is not trusted. */
export const rangeTestRequests = {
  ready: nothing,
  again: nothing,
  write: z.number().check(z.positive(), z.maximum(1e6)),
};

type Params<Name extends keyof typeof rangeTestRequests> = z.infer<(typeof rangeTestRequests)[Name]>;

/** What the host of a range test serves to the page. */
export type RangeTestHostContract = {
  requests: {
    /** The first request of a page: when it is loaded, and whenever it becomes visible again. */
    ready: { params: Params<'ready'>; result: RangeTestState };
    /** Repeats the test with the file as it is now. */
    again: { params: Params<'again'>; result: undefined };
    /** Writes a rate into the experiment file. */
    write: { params: Params<'write'>; result: undefined };
  };
  events: { show: RangeTestState };
};
