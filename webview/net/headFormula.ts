import type { Inspection } from '../../src/protocol/inspection';
import type { Evaluated } from './evaluated';
import { layerInput, parameterNamed, rowSum, type RowSum } from './nodeValues';
import { numberPieces, signed } from './pieces';

/** ŷ_t = W_hy h_t + b_y, or its sigmoid; where the loss is cross-entropy, its softmax. */
export function evaluateOutput(inspection: Inspection, t: number, unit: number): Evaluated {
  const { lossKind, outputKind, layers } = inspection;
  const logit = (row: number): RowSum & { readonly bias: number } => {
    const sum = rowSum(parameterNamed(inspection, 'head.weight'), row, layerInput(inspection, layers.length, t));
    const bias = parameterNamed(inspection, 'head.bias').before[row] ?? NaN;
    return { ...sum, bias, total: sum.total + bias, size: sum.size + Math.abs(bias) };
  };
  const own = logit(unit);
  const write = numberPieces();
  if (lossKind === 'mse' && outputKind === 'sigmoid') {
    write.text('σ(').products('h', own.products).plus('b', own.bias).text(')');
    return {
      pieces: write.pieces,
      inner: write.call('σ', own.total),
      value: 1 / (1 + Math.exp(-own.total)),
      size: own.size,
    };
  }
  if (lossKind === 'mse') {
    write.products('h', own.products).plus('b', own.bias);
    return { pieces: write.pieces, inner: undefined, value: own.total, size: own.size };
  }
  const all = logitsOf(inspection, t);
  const largest = all.reduce((most, value) => Math.max(most, value), -Infinity);
  const sum = all.reduce((total, value) => total + Math.exp(value - largest), 0);
  const whole = sum * Math.exp(largest);
  write.text('exp(').products('h', own.products).plus('b', own.bias).text(') / Σ_k exp(ŷ_k)');
  return {
    pieces: write.pieces,
    inner: Number.isFinite(whole) && whole > 0 ? `${write.call('exp', own.total)} / ${signed(whole)}` : undefined,
    value: Math.exp(own.total - largest) / sum,
    size: own.size,
  };
}

const knownLogits = new WeakMap<Inspection, { readonly t: number; readonly logits: Float64Array }>();

/** ŷ_t before its softmax; remembered for the last step requested, because every unit of it needs all of them. */
function logitsOf(inspection: Inspection, t: number): Float64Array {
  const known = knownLogits.get(inspection);
  if (known?.t === t) return known.logits;
  const [weight, bias] = [parameterNamed(inspection, 'head.weight'), parameterNamed(inspection, 'head.bias')];
  const h = layerInput(inspection, inspection.layers.length, t);
  const logits = Float64Array.from(bias.before, (own, row) =>
    h.reduce((sum, value, k) => sum + value * (weight.before[row * weight.columns + k] ?? NaN), own),
  );
  knownLogits.set(inspection, { t, logits });
  return logits;
}

/** This sequence's share of L_t: −ln p of the target class, or the squared differences; times the loss's weight. */
export function evaluateLoss(inspection: Inspection, t: number): Evaluated {
  const { outputs, targets, outputNames, lossKind, lossWeight } = inspection;
  const width = outputNames.length;
  const row = (values: Float64Array): Float64Array => values.subarray(t * width, (t + 1) * width);
  const write = numberPieces();
  if (lossKind === 'crossEntropy') {
    const p = row(outputs)[row(targets).indexOf(1)] ?? NaN;
    write.number('b', lossWeight).text(' · (−ln ').number('h', p).text(')');
    return { pieces: write.pieces, inner: undefined, value: -Math.log(p) * lossWeight, size: 1 };
  }
  const squares = Array.from(row(outputs), (output, o) => (output - (row(targets)[o] ?? NaN)) ** 2);
  const value = squares.reduce((total, square) => total + square, 0) * lossWeight;
  write.number('b', lossWeight).text(' · [').squares(row(outputs), row(targets)).text(']');
  return { pieces: write.pieces, inner: undefined, value, size: value };
}
