import type { Inspection, ParameterRequest, ParameterUpdate } from './inspection';
import type { GradientNormBreakdown } from './gradientNormBreakdown';
import type { HeldOutRequest, Projection, ProjectionRequest, Sample, SampleRequest, Scores } from './output';
import type { Horizon, HorizonRequest, GradientFlow, GradientFlowRequest } from './gradientFlow';
import type { ChainRuleTerms, ChainRuleTermsRequest } from './chainRuleTerms';
import type { WhatIf, WhatIfRequest } from './whatIf';

/** Which update and which sequence of its batch. */
export interface InspectionRequest {
  readonly update: number;
  readonly sequence: number;
}

/**
 * What can be asked about a single update of a kept run: the webview asks, the panel's host passes it on, and the worker
 * that replays the run answers.
 */
export type ReplayRequests = {
  /** Everything of one update for one sequence of its batch. */
  inspect: { params: InspectionRequest; result: Inspection };
  /** What the update did to every element of one parameter. */
  parameter: { params: ParameterRequest; result: ParameterUpdate };
  /** The terms of one parameter's gradient. */
  terms: { params: ChainRuleTermsRequest; result: ChainRuleTerms };
  /** Which loss reaches which step. */
  reach: { params: GradientFlowRequest; result: GradientFlow };
  /** How far back a loss reaches. */
  horizon: { params: HorizonRequest; result: Horizon };
  /** What made the norm of the gradient, and what clipping did to it. */
  ledger: { params: { readonly update: number }; result: GradientNormBreakdown };
  /** The update once more with one thing changed. */
  whatIf: { params: WhatIfRequest; result: WhatIf };
  /** Symbols drawn from the net as it was before the update. */
  sample: { params: SampleRequest; result: Sample };
  /** Its answers by position, on the batch and on what is held out. */
  scores: { params: HeldOutRequest; result: Scores };
  /** Its states in two dimensions. */
  project: { params: ProjectionRequest; result: Projection };
};

/** A question's name. */
export type ReplayRequestName = keyof ReplayRequests;

/** Every question, as a function that asks it. */
export type ReplayApi = {
  readonly [Name in ReplayRequestName]: (
    params: ReplayRequests[Name]['params'],
  ) => Promise<ReplayRequests[Name]['result']>;
};

/** The functions that ask every question in one way. */
export function replayClient(
  ask: <Name extends ReplayRequestName>(
    name: Name,
    params: ReplayRequests[Name]['params'],
  ) => Promise<ReplayRequests[Name]['result']>,
): ReplayApi {
  return {
    inspect: (params) => ask('inspect', params),
    parameter: (params) => ask('parameter', params),
    terms: (params) => ask('terms', params),
    reach: (params) => ask('reach', params),
    horizon: (params) => ask('horizon', params),
    ledger: (params) => ask('ledger', params),
    whatIf: (params) => ask('whatIf', params),
    sample: (params) => ask('sample', params),
    scores: (params) => ask('scores', params),
    project: (params) => ask('project', params),
  };
}
