import type { ReplayRequestName, ReplayRequests } from '../../protocol/replayRequests';
import type { CapturedUpdate } from '../training/training';
import type { TrainingSetup } from '../training/trainingSetup';
import type { UpdateTerms } from './chainRuleTerms';
import type { GradientFlowComputer } from './gradientFlow';
import { gradientNormBreakdown } from './gradientNormBreakdown';
import { inspectionOf, parameterUpdateOf } from './inspection';
import { computedUpdate, type RecordedUpdate } from './recordedUpdate';
import type { PredictionReader } from '../predictions/predictionReader';
import type { ProbedUpdate } from './probedUpdate';
import { projectStates } from './projection';
import type { Pause } from './requestQueue';
import { sampleSymbols } from './sampling';
import { scoresOf } from './scores';
import { coverableSteps, whatIf } from './whatIf';

/** The input of a handler: the requested update and its run. */
export interface ReplayContext {
  readonly captured: CapturedUpdate | RecordedUpdate;
  /** Why its numbers may differ from the run's own in the last bits; undefined where they don't. */
  readonly caveat: string | undefined;
  readonly terms: UpdateTerms;
  /** The sequences that are walked through instead of those of the batch. */
  readonly probes: ProbedUpdate;
  readonly setup: TrainingSetup;
  readonly gradientFlow: GradientFlowComputer;
  readonly predictions: PredictionReader;
  readonly pause: Pause;
}

type ReplayHandlers = {
  readonly [Name in ReplayRequestName]: (
    context: ReplayContext,
    params: ReplayRequests[Name]['params'],
  ) => ReplayRequests[Name]['result'] | Promise<ReplayRequests[Name]['result']>;
};

/** Another program's run has its own batches only. */
const noProbes = { heldOut: false, typedRule: null, rows: null } as const;

/** The handlers of all requests. They throw with a readable message for a sequence, layer or parameter that doesn't exist. */
export const replayHandlersByName: ReplayHandlers = {
  inspect: ({ captured, probes, setup, caveat }, { sequence, probe }) => {
    if (probe === undefined) {
      const inspection = inspectionOf(captured.capture, setup, sequence, caveat);
      if ('recordedBy' in captured) return { ...inspection, probeKinds: noProbes };
      return { ...inspection, coverableSteps: coverableSteps(captured) };
    }
    computedUpdate(captured);
    const probed = probes.of(probe);
    return inspectionOf(probed.capture, probed.setup, 0, caveat, probe);
  },
  heldOutLosses: ({ captured, probes, pause }) => {
    computedUpdate(captured);
    return probes.heldOutLosses(pause);
  },
  parameter: ({ captured, setup }, { parameter }) =>
    parameterUpdateOf(captured.capture, parameter, setup, 'recordedBy' in captured ? undefined : captured.after),
  chainRuleTerms: ({ terms, probes, pause }, { probe, ...params }) =>
    (probe === undefined ? terms : probes.of(probe).terms).at(params, pause),
  gradientFlow: ({ captured, probes, gradientFlow, pause }, { probe, ...params }) =>
    gradientFlow.of((probe === undefined ? captured : probes.of(probe)).capture, params, pause),
  horizon: async ({ captured, gradientFlow, pause }, { update, layer }) => ({
    update,
    ...(await gradientFlow.horizon(captured.capture, { update, sequence: 0, layer }, pause)),
  }),
  gradientNorm: ({ terms, setup, pause }) => gradientNormBreakdown(terms, setup.layout.parameters, pause),
  whatIf: ({ captured, setup, pause }, { change }) => whatIf(computedUpdate(captured), setup, change, pause),
  sample: ({ captured, setup }, params) => sampleSymbols(setup, computedUpdate(captured).capture, params),
  scores: ({ captured, setup }, params) => scoresOf(setup, computedUpdate(captured).capture, params),
  predictions: ({ captured, predictions, pause }, params) =>
    predictions.points(computedUpdate(captured), params, pause),
  predictionRows: ({ captured, predictions, pause }, params) =>
    predictions.rows(computedUpdate(captured), params, pause),
  project: ({ captured, probes, setup }, { probe, ...params }) =>
    projectStates(setup, (probe === undefined ? captured : probes.of(probe)).capture, params),
};
