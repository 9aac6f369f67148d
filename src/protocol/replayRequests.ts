import type { Inspection, ParameterRequest, ParameterUpdate } from './inspection';
import type { LedgerEntry } from './gradientNormBreakdown';
import type { HeldOutRequest, Projection, ProjectionRequest, Sample, SampleRequest, Scores } from './output';
import type { Horizon, HorizonRequest, Reach, ReachRequest } from './gradientFlow';
import type { Terms, TermsRequest } from './chainRuleTerms';
import type { WhatIf, WhatIfRequest } from './whatIf';

/** Which update and which sequence of its batch. */
export interface InspectRequest {
  readonly update: number;
  readonly sequence: number;
}

/**
 * What can be asked about a single update of a kept run: the webview asks, the panel's host passes it on, and the worker
 * that replays the run answers.
 */
export type UpdateQuestions = {
  /** Everything of one update for one sequence of its batch. */
  inspect: { params: InspectRequest; result: Inspection };
  /** What the update did to every element of one parameter. */
  parameter: { params: ParameterRequest; result: ParameterUpdate };
  /** The terms of one parameter's gradient. */
  terms: { params: TermsRequest; result: Terms };
  /** Which loss reaches which step. */
  reach: { params: ReachRequest; result: Reach };
  /** How far back a loss reaches. */
  horizon: { params: HorizonRequest; result: Horizon };
  /** What made the norm of the gradient, and what clipping did to it. */
  ledger: { params: { readonly update: number }; result: LedgerEntry };
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
export type UpdateQuestion = keyof UpdateQuestions;

/** Every question, as a function that asks it. */
export type Asks = {
  readonly [Name in UpdateQuestion]: (
    params: UpdateQuestions[Name]['params'],
  ) => Promise<UpdateQuestions[Name]['result']>;
};

/** The functions that ask every question in one way. */
export function asksBy(
  ask: <Name extends UpdateQuestion>(
    name: Name,
    params: UpdateQuestions[Name]['params'],
  ) => Promise<UpdateQuestions[Name]['result']>,
): Asks {
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
