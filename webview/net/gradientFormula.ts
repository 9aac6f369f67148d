import type { Inspection } from '../../src/protocol/inspection';
import { formatExact } from '../../src/text/numbers';
import { notations } from './cells/registry';
import { evaluateGradient } from './gradientEvaluation';
import { deltaNode, gradientSymbols, outputGradientSymbol, type GradientAt } from './gradientSymbols';
import type { NodeFormula } from './nodeFormula';
import { layerAt } from './nodeValues';
import { piece } from './pieces';
import { translate } from '../../src/text/translate';

/** A kind of gradient that the backward pass has at every step. */
export interface GradientNode {
  readonly node: string;
  /** The symbol at step t, in the notation of `notation`. */
  readonly symbol: string;
  /** (units) what the engine computed. */
  readonly values: Float64Array;
}

/** The share of a product of numbers in single precision that rounding explains: the fast kernels' tanh is within 2.4e-7. */
const rounding = { relative: 4e-6, ofDifference: 2 ** -22, least: 1e-36 } as const;

const meanings = {
  output: translate`How the loss of this step changes with the prediction.`,
  local: translate`What this step’s own loss sends to its state, through W_hy.`,
  localBelow: translate`What the layer above sends to this state at the same step.`,
  later: translate`What all later losses send back to this state, through the step after it.`,
  state: translate`All that depends on this state: its own loss and every later one.`,
  cellState: translate`The second term is the way back along c: no weights and no slope of tanh lie on it, only the forget gate. Where f is near 1 this gradient need not vanish.`,
} as const;

/** The gradients of a layer at step t, in the order of the backward pass. */
export function gradientNodes(inspection: Inspection, layer: number, t: number): readonly GradientNode[] {
  const inspected = layerAt(inspection, layer);
  const isTop = layer === inspection.layers.length - 1;
  const { dh, dhLocal, dc, dInput, hidden } = inspected;
  const row = (values: Float64Array, width = hidden): Float64Array => values.subarray(t * width, (t + 1) * width);
  const local = row(dhLocal);
  const { rows } = notations[inspection.cell];
  return [
    ...(isTop
      ? [
          {
            node: 'output',
            symbol: outputGradientSymbol(inspection, t),
            values: row(inspection.dOutputs, inspection.outputNames.length),
          },
        ]
      : []),
    { node: 'local', symbol: isTop ? `∂L_{${t}}/∂h_{${t}}` : translate`from the layer above`, values: local },
    {
      node: 'later',
      symbol: t === inspection.steps - 1 ? translate`no later step` : translate`from h_{${t + 1}}`,
      values: row(dh).map((value, i) => value - (local[i] ?? NaN)),
    },
    { node: 'state', symbol: `∂L/∂h_{${t}}`, values: row(dh) },
    ...(dc.length === 0 ? [] : [{ node: 'cellState', symbol: `∂L/∂c_{${t}}`, values: row(dc) }]),
    ...rows.map(({ name }, block) => ({
      node: deltaNode(name),
      symbol: rows.length === 1 ? `δ_{${t}}` : `δ_{${t}}^{${name}}`,
      values: row(dInput[block]?.values ?? new Float64Array(0)),
    })),
  ];
}

/**
 * The formula of a gradient.
 *
 * @param outputName the name of an output
 * @throws Error where the net has no such gradient
 */
export function gradientFormula(
  inspection: Inspection,
  at: GradientAt,
  outputName: (output: number) => string = String,
): NodeFormula {
  const node = gradientNodes(inspection, at.layer, at.t).find((one) => one.node === at.node);
  if (node === undefined) throw new Error(`The backward pass has no gradient "${at.node}".`);
  const { symbol, values } = node;
  const units = values.length;
  const name = at.node === 'later' ? translate`from h_{${at.t + 1}}` : symbol;
  const layer = layerAt(inspection, at.layer);
  return {
    symbols: [piece(`${symbol} = `), ...gradientSymbols(inspection, at)],
    meaning: meaningOf(inspection, at),
    units,
    nameOf: (unit) => `${name}${units === 1 ? '' : `[${at.node === 'output' ? outputName(unit) : String(unit)}]`}`,
    engineValue: (unit) => values[unit] ?? NaN,
    evaluate: (unit) => evaluateGradient(inspection, at, unit),
    problem: problemOf(inspection, at),
    isAbsent: at.t >= inspection.end,
    rounding: (unit, { size }) => {
      const i = at.t * layer.hidden + unit;
      // The part from the next step is the difference of two numbers of the engine.
      const parts = at.node === 'later' ? Math.abs(layer.dh[i] ?? 0) + Math.abs(layer.dhLocal[i] ?? 0) : 0;
      return rounding.least + rounding.relative * size + rounding.ofDifference * parts;
    },
  };
}

function meaningOf({ layers }: Inspection, { node, layer }: GradientAt): string | undefined {
  if (node === 'local' && layer < layers.length - 1) return meanings.localBelow;
  return node in meanings
    ? meanings[node as keyof typeof meanings]
    : translate`The gradient at what the nonlinearity is applied to.`;
}

function problemOf(inspection: Inspection, { node, layer, t }: GradientAt): string | undefined {
  const { end, gradientFrom, windowStart, parameters, cell } = inspection;
  if (t >= end) return translate`The sequence has ended before step ${t}: this step is padding.`;
  if (t < gradientFrom)
    return translate`Truncation ends the gradient at step ${gradientFrom}: it does not cover step ${t}.`;
  const readsState = notations[cell].rows.some(({ recurrentGate }) => recurrentGate !== undefined);
  if (node.startsWith('delta') && t < windowStart && readsState) {
    return translate`Step ${t} was computed in an earlier window, with the weights of an earlier update: with the present ones the formula gives another value.`;
  }
  const names = weightsOf(inspection, node, layer);
  const missing = parameters.find((one) => names.includes(one.name) && one.before.length < one.rows * one.columns);
  return missing === undefined
    ? undefined
    : translate`${missing.name} has ${formatExact(missing.rows * missing.columns)} elements, too many to be put into a formula here.`;
}

function weightsOf({ layers }: Inspection, node: string, layer: number): readonly string[] {
  if (node === 'later' || node.startsWith('delta')) return [`rnn.weight_hh_l${layer}`];
  if (node !== 'local') return [];
  return [layer === layers.length - 1 ? 'head.weight' : `rnn.weight_ih_l${layer + 1}`];
}
