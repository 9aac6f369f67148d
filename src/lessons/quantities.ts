import type { GradientFlow } from '../protocol/gradientFlow';
import type { GradientNormBreakdown } from '../protocol/gradientNormBreakdown';
import type { InspectedLayer, Inspection, ParameterUpdate } from '../protocol/inspection';
import type { WhatIf } from '../protocol/whatIf';
import type { ChainRuleTerms } from '../protocol/chainRuleTerms';
import { matrix, scalar, vector, type Value } from './value';

/** The replies about one update that quantities are taken from; each is requested when it is first needed. */
export interface UpdateReplies {
  readonly inspection: () => Promise<Inspection>;
  /** The layer of the place. */
  readonly layer: () => Promise<InspectedLayer>;
  readonly flow: () => Promise<GradientFlow>;
  readonly norms: () => Promise<GradientNormBreakdown>;
  readonly whatIf: () => Promise<WhatIf>;
  /** @param parameter as `parameterNames` has it */
  readonly parameter: (parameter: string) => Promise<ParameterUpdate>;
  readonly terms: (parameter: string) => Promise<ChainRuleTerms>;
}

/** A quantity of an update that expressions can name. */
interface Quantity {
  /** What it is, for the documentation. */
  readonly text: string;
  /** Its indices, for the documentation; '' for a single number. */
  readonly indices: string;
  readonly read: (replies: UpdateReplies) => Promise<Value>;
}

const ofInspection = (text: string, read: (inspection: Inspection) => number): Quantity => ({
  ...{ text, indices: '' },
  read: async ({ inspection }) => scalar(read(await inspection())),
});

const ofSteps = (
  text: string,
  indices: string,
  read: (inspection: Inspection) => { readonly data: ArrayLike<number>; readonly width?: number },
): Quantity => ({
  ...{ text, indices },
  read: async ({ inspection }) => {
    const { data, width } = read(await inspection());
    return width === undefined ? vector(data) : matrix(data, width);
  },
});

const ofLayer = (
  name: string,
  text: string,
  read: (layer: InspectedLayer) => ArrayLike<number> | undefined,
): Quantity => ({
  ...{ text, indices: '[t][j]' },
  read: async ({ layer }) => {
    const found = await layer();
    const data = read(found);
    if (data === undefined || data.length === 0) throw new Error(`The recurrent cell of this run has no ${name}.`);
    return matrix(data, found.hidden);
  },
});

const inGate = (blocks: InspectedLayer['gates'], name: string): ArrayLike<number> | undefined =>
  blocks.find((block) => block.name === name)?.values;

const outputs = ({ outputNames }: Inspection): number => outputNames.length;

/** Weights by the names of the course, and PyTorch's names of them; `{layer}` is the layer of the place. */
export const parameterNames: Readonly<Record<string, string>> = {
  W_xh: 'rnn.weight_ih_l{layer}',
  W_hh: 'rnn.weight_hh_l{layer}',
  W_hy: 'head.weight',
  b_xh: 'rnn.bias_ih_l{layer}',
  b_hh: 'rnn.bias_hh_l{layer}',
  b_y: 'head.bias',
};

const ofParameters: Readonly<Record<string, Quantity>> = Object.fromEntries(
  Object.keys(parameterNames).flatMap((name) => {
    const isBias = name.startsWith('b_');
    const indices = isBias ? '[i]' : '[i][j]';
    const part = (text: string, key: 'before' | 'gradient' | 'clipped' | 'after'): Quantity => ({
      ...{ text, indices },
      read: async ({ parameter }) => {
        const update = await parameter(name);
        const { [key]: data, columns } = update;
        if (data.length === 0) throw new Error(`${name} is too large to be shown element by element.`);
        return isBias ? vector(data) : matrix(data, columns);
      },
    });
    const rows: readonly (readonly [string, Quantity])[] = [
      [name, part(`${name} before the update`, 'before')],
      [`grad_${name}`, part(`∂L/∂${name}, before clipping`, 'gradient')],
      [`clipped_${name}`, part(`∂L/∂${name}, after clipping`, 'clipped')],
      [`next_${name}`, part(`${name} after the update`, 'after')],
      [
        `termNorm_${name}`,
        {
          ...{ text: `the norm of the term of step t in ∂L/∂${name}, of the batch`, indices: '[t]' },
          read: async ({ terms }) => vector((await terms(name)).norm),
        },
      ],
    ];
    return rows;
  }),
);

const gateLetters = ['i', 'f', 'g', 'o', 'r', 'z', 'n'];

const ofGates: Readonly<Record<string, Quantity>> = Object.fromEntries(
  gateLetters.flatMap((name) => [
    [name, ofLayer(name, `the gate or candidate ${name}_t`, ({ gates }) => inGate(gates, name))],
    [
      `delta_${name}`,
      ofLayer(`delta_${name}`, `δ_t of ${name}: ∂L/∂ of what its nonlinearity is applied to`, ({ dInput }) =>
        inGate(dInput, name),
      ),
    ],
  ]),
);

/** Every quantity that the expressions of a lesson can name. */
export const quantities: Readonly<Record<string, Quantity>> = {
  loss: ofInspection('L of the batch before the update', ({ loss }) => loss),
  lossAfter: {
    ...{ text: 'L of the same batch after the update', indices: '' },
    read: async ({ whatIf }) => scalar((await whatIf()).actual.lossAfter),
  },
  L: ofSteps('L_t of the batch, as it enters L', '[t]', ({ lossPerStep: data }) => ({ data })),
  sequenceLoss: ofSteps('the share of the sequence in L_t', '[t]', ({ sequenceLoss: data }) => ({ data })),
  x: ofSteps('the input x_t', '[t][i]', ({ inputs: data, inputNames }) => ({ data, width: inputNames.length })),
  h: ofLayer('h', 'the hidden state h_t', ({ h }) => h),
  c: ofLayer('c', 'the cell state c_t of an LSTM', ({ c }) => c),
  h0: {
    ...{ text: 'the state before the first step', indices: '[j]' },
    read: async ({ layer }) => vector((await layer()).h0),
  },
  y: ofSteps('the output ŷ_t; probabilities for classes', '[t][k]', (found) => ({
    data: found.outputs,
    width: outputs(found),
  })),
  target: ofSteps('the target y_t', '[t][k]', (found) => ({ data: found.targets, width: outputs(found) })),
  dy: ofSteps('∂L/∂ŷ_t; for classes of the logits', '[t][k]', (found) => ({
    data: found.dOutputs,
    width: outputs(found),
  })),
  dh: ofLayer('dh', '∂L/∂h_t, total', ({ dh }) => dh),
  dhLocal: ofLayer('dhLocal', 'the part of ∂L/∂h_t that doesn’t come from step t+1', ({ dhLocal }) => dhLocal),
  dc: ofLayer('dc', '∂L/∂c_t, total, of an LSTM', ({ dc }) => dc),
  delta: ofLayer('delta', 'δ_t of a vanilla RNN: ∂L/∂ of what tanh is applied to', ({ dInput }) =>
    dInput.length === 1 ? dInput[0]?.values : undefined,
  ),
  ...ofGates,
  flow: {
    ...{ text: '‖∂L_t/∂h_k‖ of the sequence', indices: '[t][k]' },
    read: async ({ flow }) => squared((await flow()).h.matrix),
  },
  flowMedian: {
    ...{ text: '‖∂L_t/∂h_k‖, the median over sequences', indices: '[t][k]' },
    read: async ({ flow }) => squared((await flow()).h.median),
  },
  flow_c: {
    ...{ text: '‖∂L_t/∂c_k‖ of the sequence, of an LSTM', indices: '[t][k]' },
    read: async ({ flow }) => {
      const { c } = await flow();
      if (c === null) throw new Error('The recurrent cell of this run has no flow_c.');
      return squared(c.matrix);
    },
  },
  spectralRadius: {
    ...{ text: 'the largest magnitude of an eigenvalue of W_hh, by block of gates', indices: '[block]' },
    read: async ({ flow }) => vector((await flow()).recurrent.map(({ spectralRadius }) => spectralRadius ?? NaN)),
  },
  largestSingularValue: {
    ...{ text: 'σ_max of W_hh, by block of gates', indices: '[block]' },
    read: async ({ flow }) => vector((await flow()).recurrent.map(({ largestSingularValue }) => largestSingularValue)),
  },
  gradNorm: ofInspection('‖g‖ over all parameters, before clipping', ({ gradNorm }) => gradNorm),
  clippedNorm: {
    ...{ text: '‖g‖ over all parameters, after clipping', indices: '' },
    read: async ({ norms }) => scalar((await norms()).clippedNorm),
  },
  clipCoefficient: ofInspection(
    'the factor of clipping by norm; 1 otherwise',
    ({ clipCoefficient }) => clipCoefficient,
  ),
  clipCosine: {
    ...{ text: 'the cosine between the gradient before and after clipping', indices: '' },
    read: async ({ norms }) => scalar((await norms()).cosine),
  },
  truncationBias: {
    ...{ text: '‖g − g_full‖ / ‖g_full‖: what truncation changes', indices: '' },
    read: async ({ whatIf }) => scalar((await whatIf()).actual.bias),
  },
  updateNorm: {
    ...{ text: '‖ΔW‖ over all parameters', indices: '' },
    read: async ({ whatIf }) => scalar((await whatIf()).actual.updateNorm),
  },
  learningRate: ofInspection('the learning rate, with its schedule', ({ learningRate }) => learningRate),
  steps: ofInspection('T, the number of steps', ({ steps }) => steps),
  batch: ofInspection('B, the number of sequences', ({ batch }) => batch),
  ...ofParameters,
};

function squared(data: Float64Array): Value {
  return matrix(data, Math.sqrt(data.length));
}
