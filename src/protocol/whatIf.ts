import * as z from 'zod/mini';
import { index, positive } from './requestSchemas';

/** One change to an update; omitted keys stay as they were. */
export const whatIfChange = z.object({
  /** null is no clipping. */
  clip: z.optional(z.nullable(z.object({ kind: z.enum(['norm', 'value', 'hidden']), threshold: positive }))),
  /** Steps from the end of the window that the gradient covers; `full` is all of them. */
  backward: z.optional(z.union([z.literal('full'), z.int().check(z.positive())])),
  /** The learning rate of this update, schedule included. */
  learningRate: z.optional(positive),
});

/** See whatIfChange. */
export type WhatIfChange = Readonly<z.infer<typeof whatIfChange>>;

/** Which update, and what to change when it is recomputed. */
export const whatIfRequest = z.object({ update: index, change: whatIfChange });

/** See whatIfRequest. */
export type WhatIfRequest = Readonly<z.infer<typeof whatIfRequest>>;

/** The results of one way of computing the update. */
export interface WhatIfOutcome {
  /** L of the same batch after the update; NaN or Infinity if it is no longer finite. */
  readonly lossAfter: number;
  readonly gradNorm: number;
  readonly clippedNorm: number;
  readonly clipCoefficient: number;
  readonly learningRate: number;
  /** ‖ΔW‖ over all parameters. */
  readonly updateNorm: number;
  /** (T): ‖∂L/∂h_t‖ of the top layer over the batch. */
  readonly dh: Float64Array;
  /** Truncation bias: ‖g − g_full‖ / ‖g_full‖ of the raw gradients. */
  readonly bias: number;
  /** g · g_full / (‖g‖ ‖g_full‖) */
  readonly cosineWithFull: number;
}

/** An update, and the same update with one change. */
export interface WhatIf {
  /** L of the batch before the update. */
  readonly loss: number;
  readonly actual: WhatIfOutcome;
  readonly changed: WhatIfOutcome;
  /** Cosine between the two updates ΔW. */
  readonly updateCosine: number;
  /** Cosine between the two gradients after clipping. */
  readonly gradientCosine: number;
  /** ‖ΔW changed‖ / ‖ΔW actual‖ */
  readonly updateRatio: number;
}
