import type { Handlers } from '../../src/protocol/channel';
import type { PanelHostContract } from '../../src/protocol/panel';
import { notInFile, replyKey, type Recording } from '../../src/protocol/recording';
import type { ReplayRequestName, ReplayRequests } from '../../src/protocol/replayRequests';
import { formatExact } from '../../src/text/numbers';

/** The requests about an update, in words. */
const requestNames: Readonly<Record<ReplayRequestName, string>> = {
  inspect: 'the steps of update {update} for this sequence',
  heldOutLosses: 'the losses of the held-out sequences at update {update}',
  parameter: '{parameter} at update {update}',
  chainRuleTerms: 'the terms of ∂L/∂({parameter}) at step {t}; the last steps are in it, from the last one back',
  gradientFlow: 'the gradient flow of update {update}',
  horizon: 'the memory horizon of update {update}',
  gradientNorm: 'the gradient norm of update {update} in its parts',
  whatIf: 'update {update} with something changed',
  sample: 'this sample; another prompt, temperature or seed needs VS Code',
  scores: 'held-out series {sequence} at update {update}; the first 8 are in it',
  predictions: 'these predictions at update {update}',
  predictionRows: 'the predictions as CSV',
  project: 'the states of update {update}',
};

const commandsNeedVsCode = (): never => {
  throw new Error('This file only shows a run. Training and other commands need VS Code.');
};

/**
 * Answers the page of a run from its recording.
 *
 * @param isReloaded whether the page has a view of its own, which selects an update
 */
export function recordedRun(recording: Promise<Recording>, isReloaded: boolean): Handlers<PanelHostContract> {
  return {
    ready: async () => {
      const { state } = await recording;
      return isReloaded ? { ...state, update: undefined } : state;
    },
    drawn: () => undefined,
    // The series of the whole run is all there is.
    zoomedSeries: () => undefined,
    select: commandsNeedVsCode,
    command: commandsNeedVsCode,
    setLearningRate: commandsNeedVsCode,
    setPace: commandsNeedVsCode,
    savePredictions: commandsNeedVsCode,
    applyRemedy: commandsNeedVsCode,
    ...replayHandlers(recording),
  };
}

function replayHandlers(
  recording: Promise<Recording>,
): Handlers<{ requests: ReplayRequests; events: Record<never, never> }> {
  const made = (Object.keys(requestNames) as ReplayRequestName[]).map((name) => [
    name,
    async (params: Readonly<Record<string, unknown>>) => replyTo(await recording, name, params),
  ]);
  return Object.fromEntries(made) as Handlers<{ requests: ReplayRequests; events: Record<never, never> }>;
}

function replyTo({ replies }: Recording, name: ReplayRequestName, params: Readonly<Record<string, unknown>>): unknown {
  // A part of the held-out rows is cut out of all of them, which the picture can do itself.
  const asked = name === 'predictions' ? { update: params['update'], column: params['column'], from: 0 } : params;
  const reply = replies[replyKey(name, asked)];
  if (reply === undefined) throw new Error(notInFile(wordsOf(name, params)));
  if ('failure' in reply) throw new Error(reply.failure);
  return reply.value;
}

function wordsOf(name: ReplayRequestName, params: Readonly<Record<string, unknown>>): string {
  return requestNames[name].replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = params[key];
    return typeof value === 'number' ? formatExact(value) : typeof value === 'string' ? value : '';
  });
}
