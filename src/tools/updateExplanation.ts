import type { GradientFlow } from '../protocol/gradientFlow';
import type { GradientNormBreakdown } from '../protocol/gradientNormBreakdown';
import type { InspectedLayer, Inspection } from '../protocol/inspection';
import { answerNumber, answerRatio, numberOrNull, spacedIndices } from './answerNumbers';
import type { ReadableRun } from './readableRun';
import { toolFinding } from './runDiagnosis';

/** Most time steps of one list. */
const maxSteps = 40;

/** Most parameters of one answer: a deep net has dozens. */
const maxParameters = 64;

/** What the numbers of an answer are. */
const definitions = {
  loss: 'L of the batch, before the update.',
  'lossPerStep.batch': 'L_t: the part of L of the targets at step t, over the batch.',
  'lossPerStep.sequence': 'The part of this sequence in L_t.',
  'gradient.norm': '‖g‖ over all parameters, before clipping.',
  'gradient.coefficient': 'The factor of clipping by norm: min(1, threshold / ‖g‖).',
  'gradient.cosine': 'The cosine between g before and after clipping: 1 if clipping preserved the direction.',
  'layers.steps.norm': '‖∂L/∂h_t‖ of this sequence, by backpropagation through time, before clipping by norm or value.',
  'layers.steps.localNorm': 'The norm of the part of ∂L/∂h_t that does not come back through step t+1 of the layer.',
  'layers.steps.cellStateNorm': '‖∂L/∂c_t‖ of an LSTM.',
  'layers.firstDividedByLast':
    '‖∂L/∂h_t‖ at the first step that the gradient covers, divided by that at the last step where it is not 0. Far below 1 it vanishes, far above 1 it explodes.',
  'layers.memoryHorizon':
    'The largest lag ℓ at which the median over the batch of ‖∂L_t/∂h_{t−ℓ}‖ / ‖∂L_t/∂h_t‖ is at least 0.001. It cannot exceed longestLag.',
  'layers.recurrent.spectralRadius': 'The largest magnitude of an eigenvalue of this block of W_hh.',
  'layers.bound': "Pascanu's bound on the gain of a vanilla RNN per step: σ_max(W_hh) · max φ'.",
  'parameters.share': '‖g_p‖² / ‖g‖².',
  'parameters.updateDividedByWeight': '‖Δw‖ / ‖w‖; about 0.001 is usual.',
  'parameters.descent': 'The cosine between Δw and the negative clipped gradient.',
} as const;

/** Which update of a run, and which sequence of its batch. */
export interface ExplainedUpdate {
  /** From 0; undefined for the last. */
  readonly update: number | undefined;
  /** From 0. */
  readonly sequence: number;
}

/**
 * The numbers of one update, from forward pass to weight update.
 *
 * @throws with a readable reason where the run has no such update or it can't be computed again
 */
export async function explainUpdate(run: ReadableRun, { update: asked, sequence }: ExplainedUpdate): Promise<object> {
  const { updates, facts } = run.manifest;
  if (updates === 0) throw new Error('This run has no updates yet.');
  const update = asked ?? updates - 1;
  if (update >= updates) {
    throw new Error(`The run has ${updates} updates, the last of which is ${updates - 1}; found ${update}.`);
  }
  const inspection = await run.ask('inspect', { update, sequence });
  const norm = await run.ask('gradientNorm', { update });
  const layers = [];
  for (const [index, layer] of inspection.layers.entries()) {
    const flow = await run.ask('gradientFlow', { update, sequence, layer: index });
    layers.push(layerOf(index, layer, inspection, flow));
  }
  const { findings } = await run.findings();
  const { batch, steps, windowStart, gradientFrom, end, learningRate, caveat } = inspection;
  return {
    run: run.run,
    ...{ update, sequence, batch, steps, windowStart, gradientFrom, end },
    loss: answerNumber(inspection.loss),
    learningRate: answerNumber(learningRate),
    gradient: gradientOf(norm, facts.clip),
    lossPerStep: lossesOf(inspection),
    layers,
    parameters: parametersOf(inspection, norm),
    findings: findings.filter((finding) => finding.when === 'update' && finding.update === update).map(toolFinding),
    notes: notesOf(inspection, caveat),
    definitions,
  };
}

/** At the steps at which the batch or the sequence has a loss. */
function lossesOf({ steps, mask, lossPerStep, sequenceLoss }: Inspection): readonly object[] {
  const withLoss = Array.from({ length: steps }, (_, t) => t).filter((t) => mask[t] === 1 || lossPerStep[t] !== 0);
  return spacedIndices(withLoss.length, maxSteps)
    .map((index) => withLoss[index] ?? 0)
    .map((t) => ({
      t,
      batch: answerNumber(lossPerStep[t] ?? NaN),
      sequence: answerNumber(sequenceLoss[t] ?? NaN),
    }));
}

function notesOf({ steps, parameters }: Inspection, caveat: string | undefined): readonly string[] {
  return [
    ...(caveat === undefined ? [] : [caveat]),
    ...(steps > maxSteps ? [`Of ${steps} time steps ${maxSteps} are listed, evenly spaced.`] : []),
    ...(parameters.length > maxParameters ? [`Of ${parameters.length} parameters ${maxParameters} are listed.`] : []),
  ];
}

function gradientOf(
  { gradNorm, clippedNorm, coefficient, cosine }: GradientNormBreakdown,
  clip: { readonly kind: string; readonly threshold: number } | null,
): object {
  return {
    norm: answerNumber(gradNorm),
    normAfterClipping: answerNumber(clippedNorm),
    clip,
    coefficient: answerNumber(coefficient),
    cosine: answerNumber(cosine),
  };
}

function layerOf(index: number, layer: InspectedLayer, inspection: Inspection, flow: GradientFlow): object {
  const { hidden, dh, dhLocal, dc } = layer;
  const norms = rowNorms(dh, hidden);
  const [localNorms, cellStateNorms] = [rowNorms(dhLocal, hidden), rowNorms(dc, hidden)];
  const first = norms[inspection.gradientFrom] ?? NaN;
  const last = norms.findLast((norm) => norm > 0) ?? NaN;
  return {
    ...{ layer: index, hidden },
    steps: spacedIndices(norms.length, maxSteps).map((t) => ({
      t,
      norm: answerNumber(norms[t] ?? NaN),
      localNorm: answerNumber(localNorms[t] ?? NaN),
      ...(dc.length === 0 ? {} : { cellStateNorm: answerNumber(cellStateNorms[t] ?? NaN) }),
    })),
    firstDividedByLast: answerRatio(first, last),
    memoryHorizon: {
      hiddenState: flow.h.horizon,
      ...(flow.c === null ? {} : { cellState: flow.c.horizon }),
      longestLag: flow.longestLag,
    },
    recurrent: flow.recurrent.map(({ gate, spectralRadius, largestSingularValue }) => ({
      gate,
      spectralRadius: numberOrNull(spectralRadius),
      largestSingularValue: answerNumber(largestSingularValue),
    })),
    bound: numberOrNull(flow.bound),
  };
}

function parametersOf({ parameters }: Inspection, breakdown: GradientNormBreakdown): readonly object[] {
  const shares = new Map(breakdown.parameters.map((share) => [share.name, share]));
  return parameters
    .slice(0, maxParameters)
    .map(({ name, rows, columns, gradNorm, clippedNorm, weightNorm, updateNorm, descent }) => ({
      ...{ name, rows, columns },
      gradientNorm: answerNumber(gradNorm),
      gradientNormAfterClipping: answerNumber(clippedNorm),
      share: numberOrNull(shares.get(name)?.share),
      weightNorm: answerNumber(weightNorm),
      updateNorm: answerNumber(updateNorm),
      updateDividedByWeight: answerRatio(updateNorm, weightNorm),
      descent: answerNumber(descent),
    }));
}

/** The Euclidean norms of the rows of a matrix. */
function rowNorms(values: Float64Array, width: number): readonly number[] {
  const count = width === 0 ? 0 : values.length / width;
  return Array.from({ length: count }, (_, row) => Math.hypot(...values.subarray(row * width, (row + 1) * width)));
}
