import type { InspectedGate, InspectedLayer, Inspection } from '../../src/protocol/inspection';
import type { UnitGradients } from './cells/notation';
import { notations } from './cells/registry';
import type { Evaluated } from './evaluated';
import { deltaNode, type GradientAt } from './gradientSymbols';
import { engineValue, layerAt, parameterNamed, previousState, rowSum } from './nodeValues';
import { numberPieces, piece, type Product } from './pieces';
import { translate } from '../../src/text/translate';

/** One unit of a gradient recomputed from the captured weights, states and gradients, by the definition of the cell. */
export function evaluateGradient(inspection: Inspection, at: GradientAt, unit: number): Evaluated {
  const layer = layerAt(inspection, at.layer);
  const { hidden, dh, dhLocal } = layer;
  const i = at.t * hidden + unit;
  switch (at.node) {
    case 'output':
      return evaluateOutputGradient(inspection, at.t, unit);
    case 'local':
      return evaluateLocal(inspection, at, unit);
    case 'later':
      return evaluateLater(inspection, at, unit);
    case 'state': {
      const [local, total] = [dhLocal[i] ?? NaN, dh[i] ?? NaN];
      const later = total - local;
      const write = numberPieces().number('x', local).plus('h', later);
      return { pieces: write.pieces, inner: undefined, value: local + later, size: Math.abs(local) + Math.abs(later) };
    }
    case 'cellState':
      return evaluateCellState(inspection, at, unit);
    default: {
      const { rows, evaluateDelta } = notations[inspection.cell];
      const block = rows.findIndex(({ name }) => deltaNode(name) === at.node);
      const evaluated = evaluateDelta(unitGradients(inspection, at, unit), false)[block];
      if (evaluated === undefined) throw new Error(`The backward pass has no gradient "${at.node}".`);
      return evaluated;
    }
  }
}

function evaluateOutputGradient(inspection: Inspection, t: number, output: number): Evaluated {
  const { outputs, targets, outputNames, lossKind, outputKind, gradientWeight, mask } = inspection;
  if (mask[t] !== 1) return { pieces: [piece('0')], inner: undefined, value: 0, size: 0 };
  const at = t * outputNames.length + output;
  const [predicted, target] = [outputs[at] ?? NaN, targets[at] ?? NaN];
  const isClass = lossKind === 'crossEntropy';
  const factor = isClass ? 1 : 2;
  const write = numberPieces()
    .number('b', gradientWeight)
    .text(isClass ? ' · (' : ' · 2(');
  write.number('h', predicted).text(' − ').number('x', target).text(')');
  const isSigmoid = !isClass && outputKind === 'sigmoid';
  if (isSigmoid) write.text('·').number('gate', predicted).text('·(1 − ').number('gate', predicted).text(')');
  const slope = isSigmoid ? predicted * (1 - predicted) : 1;
  return {
    pieces: write.pieces,
    inner: undefined,
    value: gradientWeight * factor * (predicted - target) * slope,
    size: gradientWeight * factor * (Math.abs(predicted) + Math.abs(target)),
  };
}

/** W_hyᵀ ∂L/∂ŷ_t of the top layer; below it, W_xhᵀ δ_t of the layer above. */
function evaluateLocal(inspection: Inspection, { layer, t }: GradientAt, unit: number): Evaluated {
  const above = inspection.layers[layer + 1];
  const width = inspection.outputNames.length;
  const terms =
    above === undefined
      ? columnProducts(inspection, 'head.weight', unit, inspection.dOutputs.subarray(t * width, (t + 1) * width))
      : columnProducts(inspection, `rnn.weight_ih_l${layer + 1}`, unit, stacked(above.dInput, above.hidden, t));
  return { pieces: numberPieces().products('h', terms).pieces, inner: undefined, ...totalOf(terms) };
}

/** W_hhᵀ δ_{t+1}, and what reaches h_t without weights. */
function evaluateLater(inspection: Inspection, { layer, t }: GradientAt, unit: number): Evaluated {
  const { steps, starts } = inspection;
  const write = numberPieces();
  if (t === steps - 1) return { pieces: write.text('0').pieces, inner: undefined, value: 0, size: 0 };
  if (starts[t + 1] === 1) {
    const text = translate`0: the sequence starts anew at step ${t + 1}`;
    return { pieces: write.text(text).pieces, inner: undefined, value: 0, size: 0 };
  }
  const inspected = layerAt(inspection, layer);
  const terms = columnProducts(
    inspection,
    `rnn.weight_hh_l${layer}`,
    unit,
    stacked(inspected.dRecurrent, inspected.hidden, t + 1),
  );
  const through = totalOf(terms);
  write.products('h', terms);
  const { directGradient } = notations[inspection.cell];
  if (directGradient === undefined) return { pieces: write.pieces, inner: undefined, ...through };
  const factor = directGradient.factor((node) => engineValue(inspection, { node, layer, t: t + 1 }, unit));
  const later = clipped(inspection, inspected.dh[(t + 1) * inspected.hidden + unit] ?? NaN);
  write.text(' + ').number('h', later).text('·').number('gate', factor);
  return {
    pieces: write.pieces,
    inner: undefined,
    value: through.value + later * factor,
    // A factor 1 − gate is rounded as a number of size 1.
    size: through.size + Math.abs(later),
  };
}

function evaluateCellState(inspection: Inspection, at: GradientAt, unit: number): Evaluated {
  const { evaluateCellState: evaluate } = notations[inspection.cell];
  if (evaluate === undefined) throw new Error(`The cell "${inspection.cell}" has no cell state.`);
  const { layer, t } = at;
  const { dc, hidden } = layerAt(inspection, layer);
  const hasLater = t < inspection.steps - 1 && inspection.starts[t + 1] !== 1;
  const later = hasLater
    ? { dc: dc[(t + 1) * hidden + unit] ?? NaN, f: engineValue(inspection, { node: 'f', layer, t: t + 1 }, unit) }
    : { dc: 0, f: 0 };
  return evaluate({ ...unitGradients(inspection, at, unit), later });
}

function unitGradients(inspection: Inspection, { layer, t }: GradientAt, unit: number): UnitGradients {
  const inspected = layerAt(inspection, layer);
  const { hidden, dh, dc } = inspected;
  const i = t * hidden + unit;
  return {
    dh: clipped(inspection, dh[i] ?? NaN),
    dc: dc[i] ?? NaN,
    activation: inspection.activation,
    value: (node) => engineValue(inspection, { node, layer, t }, unit),
    previous: (state) => previousState(inspected, t, state)[unit] ?? NaN,
    recurrentSum: (block) => {
      const row = block * hidden + unit;
      const weight = parameterNamed(inspection, `rnn.weight_hh_l${layer}`);
      const bias = parameterNamed(inspection, `rnn.bias_hh_l${layer}`).before[row] ?? NaN;
      return rowSum(weight, row, previousState(inspected, t, 'h')).total + bias;
    },
  };
}

/** ∂L/∂h after hidden clipping, which the recurrence applies before everything that follows. */
function clipped({ hiddenClip }: Inspection, gradient: number): number {
  return hiddenClip === null ? gradient : Math.max(-hiddenClip, Math.min(hiddenClip, gradient));
}

/** The blocks of rows of step t below each other, as the rows of the weights are. */
function stacked(blocks: readonly InspectedGate[], hidden: InspectedLayer['hidden'], t: number): Float64Array {
  const out = new Float64Array(blocks.length * hidden);
  blocks.forEach(({ values }, block) => {
    out.set(values.subarray(t * hidden, (t + 1) * hidden), block * hidden);
  });
  return out;
}

/** The products of a column of a weight matrix, as it was before the update, with a vector. */
function columnProducts(
  inspection: Inspection,
  name: string,
  column: number,
  vector: Float64Array,
): readonly Product[] {
  const { before, columns } = parameterNamed(inspection, name);
  return Array.from(vector, (value, row) => ({ weight: before[row * columns + column] ?? NaN, value }));
}

function totalOf(products: readonly Product[]): { readonly value: number; readonly size: number } {
  let [value, size] = [0, 0];
  for (const product of products) {
    value += product.weight * product.value;
    size += Math.abs(product.weight * product.value);
  }
  return { value, size };
}
