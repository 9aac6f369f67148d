import type * as z from 'zod/mini';
import { chainRuleTermsRequest, type ChainRuleTerms } from './chainRuleTerms';
import type { Handlers } from './channel';
import { gradientFlowRequest, horizonRequest, type GradientFlow, type Horizon } from './gradientFlow';
import { gradientNormRequest, type GradientNormBreakdown } from './gradientNormBreakdown';
import { inspectionRequest, parameterRequest, type Inspection, type ParameterUpdate } from './inspection';
import { heldOutRequest, projectionRequest, sampleRequest, type Projection, type Sample, type Scores } from './output';
import {
  predictionRowsRequest,
  predictionsRequest,
  type NoPredictions,
  type PredictionRows,
  type Predictions,
} from './predictions';
import { heldOutLossesRequest, type HeldOutLosses } from './probe';
import { whatIfRequest, type WhatIf } from './whatIf';

/**
 * When a request is handled. `selection` goes to another update and comes before all others; `detail` is about the
 * selected update and is dropped when another one is selected; `background` iterates over many updates and runs only
 * when no other request is waiting.
 */
export type ReplayPriority = 'selection' | 'detail' | 'background';

/** One kind of request about a single update of a stored run. */
interface ReplayRequest<Params, Result> {
  /** Validates parameters that come from a page. */
  readonly params: z.ZodMiniType<Params>;
  readonly priority: ReplayPriority;
  /** Never set: carries the type of the reply. */
  readonly result?: Result;
}

/** The row of a request in the table below. */
function repliesWith<Result>() {
  return <Params>(params: z.ZodMiniType<Params>, priority: ReplayPriority): ReplayRequest<Params, Result> => ({
    params,
    priority,
  });
}

/**
 * All requests about a single update of a stored run. The page sends it, the panel's host passes it on, and the
 * trainer process that replays the run answers it. A new request needs one row here and one handler in
 * `trainer/replay/replayHandlers.ts`, which does not compile without it.
 */
export const replayRequests = {
  /** Everything of one update for one sequence of its batch. */
  inspect: repliesWith<Inspection>()(inspectionRequest, 'selection'),
  /** The held-out sequences with their losses, the worst first. */
  heldOutLosses: repliesWith<HeldOutLosses>()(heldOutLossesRequest, 'detail'),
  /** What the update changed in every element of one parameter. */
  parameter: repliesWith<ParameterUpdate>()(parameterRequest, 'detail'),
  /** The terms of one parameter's gradient. */
  chainRuleTerms: repliesWith<ChainRuleTerms>()(chainRuleTermsRequest, 'detail'),
  /** Which loss reaches which step: ‖∂L_t/∂h_k‖. */
  gradientFlow: repliesWith<GradientFlow>()(gradientFlowRequest, 'detail'),
  /** The memory horizon: how many steps back a loss reaches. */
  horizon: repliesWith<Horizon>()(horizonRequest, 'background'),
  /** The shares of parameters and steps in the gradient norm, and what clipping changed. */
  gradientNorm: repliesWith<GradientNormBreakdown>()(gradientNormRequest, 'detail'),
  /** The update computed again with one thing changed. */
  whatIf: repliesWith<WhatIf>()(whatIfRequest, 'detail'),
  /** Symbols sampled from the network as it was before the update. */
  sample: repliesWith<Sample>()(sampleRequest, 'detail'),
  /** Its predictions by position, on the batch and on the held-out sequences. */
  scores: repliesWith<Scores>()(heldOutRequest, 'detail'),
  /** Its predictions of the held-out rows of a table. */
  predictions: repliesWith<Predictions | NoPredictions>()(predictionsRequest, 'detail'),
  /** A part of these predictions as CSV: it is saved while other updates are shown. */
  predictionRows: repliesWith<PredictionRows>()(predictionRowsRequest, 'background'),
  /** Its states in two dimensions. */
  project: repliesWith<Projection>()(projectionRequest, 'detail'),
};

/** The name of a request about an update. */
export type ReplayRequestName = keyof typeof replayRequests;

/** The requests about an update, as a channel's contract has them. */
export type ReplayRequests = {
  [Name in ReplayRequestName]: {
    params: z.infer<(typeof replayRequests)[Name]['params']>;
    result: NonNullable<(typeof replayRequests)[Name]['result']>;
  };
};

/** Sends a request about an update and resolves to the reply. */
export type RequestReplay = <Name extends ReplayRequestName>(
  name: Name,
  params: ReplayRequests[Name]['params'],
) => Promise<ReplayRequests[Name]['result']>;

/** One handler for each request, all of which delegate to the same function. */
export function replayHandlers(
  answer: RequestReplay,
): Handlers<{ requests: ReplayRequests; events: Record<never, never> }> {
  const handlers = Object.keys(replayRequests).map((name) => [
    name,
    (params: never) => answer(name as ReplayRequestName, params),
  ]);
  return Object.fromEntries(handlers) as Handlers<{ requests: ReplayRequests; events: Record<never, never> }>;
}
