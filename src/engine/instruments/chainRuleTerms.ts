import { tensorOf, type Capture, type CapturedTensor } from './capture';

/** Norms and sums of the terms of a parameter, per step (T). */
export interface TermsPerStep {
  /** Norm of the term. */
  readonly norm: Float64Array;
  /** Norm of the sum of the terms from the last step down to this one. */
  readonly sumNorm: Float64Array;
  /** ⟨term, g⟩ / ‖g‖²: the term's share of the gradient. */
  readonly share: Float64Array;
  /** All terms (N,K). */
  readonly sum: Float64Array;
}

/** Sequences whose terms are added in one pass over the sum, which is read and written once for all of them. */
const sequencesAtOnce = 4;

/**
 * ∂L/∂W of one parameter, step by step: L = Σ_t L_t gives ∂L/∂W = Σ_t δ_t s_tᵀ, where δ_t is the gradient that reached
 * the rows of W at step t (from all losses at t and after it) and s_t is the vector that W was multiplied by there: x_t
 * for W_xh, h_{t−1} for W_hh, h_t for W_hy, 1 for a bias. Computed from a capture, in double precision.
 */
export class GradientTerms {
  /** N: rows of the parameter, or its length where it is a bias. */
  readonly rows: number;
  /** K; 1 for a bias. */
  readonly columns: number;
  /** T */
  readonly steps: number;
  /** B */
  readonly batch: number;
  private readonly deltas: ArrayLike<number>;
  private readonly sources: Sources | undefined;
  private readonly gradient: Float64Array;

  /** @throws RangeError when the capture has no such parameter */
  constructor(
    capture: Capture,
    readonly name: string,
  ) {
    const tensor = (name: string): CapturedTensor => tensorOf(capture, name);
    const [steps = 0, batch = 0] = tensor('outputs').shape;
    const gradient = tensor(`grad/${name}`);
    const [rows = 0, columns = 1] = gradient.shape;
    this.rows = rows;
    this.columns = columns;
    this.steps = steps;
    this.batch = batch;
    this.gradient = Float64Array.from(gradient.data);
    const { delta, source, before } = operandsOf(name, (key) => capture.tensors.has(key));
    this.deltas = tensor(delta).data;
    if (source === undefined) return;
    const values = tensor(source).data;
    const earlier =
      before === undefined ? undefined : { first: tensor(before).data, resets: capture.tensors.get('reset')?.data };
    this.sources = { values, earlier };
  }

  /** δ_t (N) of one sequence. */
  delta(t: number, sequence: number): Float64Array {
    return rowOf(this.deltas, t * this.batch + sequence, this.rows);
  }

  /** s_t (K) of one sequence. */
  source(t: number, sequence: number): Float64Array {
    const { batch, columns, sources } = this;
    if (sources === undefined) return new Float64Array(columns).fill(1);
    const { values, earlier } = sources;
    if (earlier === undefined) return rowOf(values, t * batch + sequence, columns);
    // A sequence that starts at this step has zero state before it.
    if (earlier.resets?.[t * batch + sequence] === 1) return new Float64Array(columns);
    return t === 0 ? rowOf(earlier.first, sequence, columns) : rowOf(values, (t - 1) * batch + sequence, columns);
  }

  /** Adds the term of step t (N,K), of the whole batch or of one sequence, to `sum`. */
  add(sum: Float64Array, t: number, sequence?: number): void {
    const { rows, columns } = this;
    const sequences = sequence === undefined ? Array.from({ length: this.batch }, (_, b) => b) : [sequence];
    const operands = sequences.map((b) => ({ delta: this.delta(t, b), source: this.source(t, b) }));
    for (let n = 0; n < rows; n++) {
      // Where δ is 0 nothing is added, even if the source is not finite.
      const reached = operands.filter(({ delta }) => delta[n] !== 0);
      const target = sum.subarray(n * columns, (n + 1) * columns);
      let at = 0;
      for (; at + sequencesAtOnce <= reached.length; at += sequencesAtOnce) {
        const [a, b, c, d] = [reached[at], reached[at + 1], reached[at + 2], reached[at + 3]];
        const [da, db, dc, dd] = [a.delta[n], b.delta[n], c.delta[n], d.delta[n]];
        const [sa, sb, sc, sd] = [a.source, b.source, c.source, d.source];
        for (let k = 0; k < columns; k++) target[k] += da * sa[k] + db * sb[k] + (dc * sc[k] + dd * sd[k]);
      }
      for (; at < reached.length; at++) {
        const { delta, source } = reached[at];
        for (let k = 0; k < columns; k++) target[k] += delta[n] * source[k];
      }
    }
  }

  /**
   * The sum of the terms of steps T−1 … t (N,K), the gradient when backpropagation has reached t; yields as `perStep`
   * does.
   */
  *sumFrom(t: number, sequence?: number): Generator<undefined, Float64Array> {
    const sum = new Float64Array(this.rows * this.columns);
    for (let step = this.steps - 1; step >= t; step--) {
      this.add(sum, step, sequence);
      yield;
    }
    return sum;
  }

  /** Norms and sums of the terms, from the last step to the first; yields after each, so that a caller can stop. */
  *perStep(sequence?: number): Generator<undefined, TermsPerStep> {
    const { steps, gradient } = this;
    const sum = new Float64Array(this.rows * this.columns);
    const term = new Float64Array(sum.length);
    const [norm, sumNorm, share] = [new Float64Array(steps), new Float64Array(steps), new Float64Array(steps)];
    const whole = normOf(gradient);
    for (let t = steps - 1; t >= 0; t--) {
      term.fill(0);
      this.add(term, t, sequence);
      let [along, ofTerm, ofSum] = [0, 0, 0];
      for (let i = 0; i < term.length; i++) {
        const value = term[i];
        const total = sum[i] + value;
        sum[i] = total;
        along += value * gradient[i];
        ofTerm += value * value;
        ofSum += total * total;
      }
      norm[t] = Math.sqrt(ofTerm);
      sumNorm[t] = Math.sqrt(ofSum);
      share[t] = whole === 0 ? 0 : along / whole ** 2;
      yield;
    }
    return { norm, sumNorm, share, sum };
  }

  /** ‖Σ_t terms − g‖ / ‖g‖, g being the gradient that the trainer used; 0 where both are 0. */
  relativeError(sum: Float64Array): number {
    const difference = normOf(sum.map((value, i) => value - this.gradient[i]));
    const whole = normOf(this.gradient);
    return difference === 0 ? 0 : difference / whole;
  }

  /** ‖g‖ of this parameter. */
  get gradientNorm(): number {
    return normOf(this.gradient);
  }
}

/** What a weight was multiplied by, (T,B,K) in rows. */
interface Sources {
  readonly values: ArrayLike<number>;
  /**
   * If it is the previous state: the state before step 0 (B,K), and the steps (T,B) at which a sequence starts from
   * zero state.
   */
  readonly earlier: { readonly first: ArrayLike<number>; readonly resets: ArrayLike<number> | undefined } | undefined;
}

function rowOf(values: ArrayLike<number>, row: number, width: number): Float64Array {
  const out = new Float64Array(width);
  for (let i = 0; i < width; i++) out[i] = values[row * width + i];
  return out;
}

/** The tensors of a capture that give a parameter's terms; for h_{t−1} also the state before step 0. */
interface Operands {
  readonly delta: string;
  readonly source: string | undefined;
  readonly before?: string;
}

function operandsOf(name: string, has: (key: string) => boolean): Operands {
  const [, kind = '', digits = ''] = /^rnn\.(weight_ih|weight_hh|bias_ih|bias_hh)_l(\d+)$/.exec(name) ?? [];
  const layer = Number(digits);
  const recurrent = has(`dgh_l${layer}`) ? `dgh_l${layer}` : `dgates_l${layer}`;
  switch (kind) {
    case 'weight_ih':
      return { delta: `dgates_l${layer}`, source: layer === 0 ? 'inputs' : `h_l${layer - 1}` };
    case 'bias_ih':
      return { delta: `dgates_l${layer}`, source: undefined };
    case 'weight_hh':
      return { delta: recurrent, source: `h_l${layer}`, before: `h0_l${layer}` };
    case 'bias_hh':
      return { delta: recurrent, source: undefined };
    default: {
      if (name === 'head.bias') return { delta: 'dOutputs', source: undefined };
      let top = 0;
      while (has(`h_l${top + 1}`)) top++;
      return { delta: 'dOutputs', source: `h_l${top}` };
    }
  }
}

function normOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}
