import { tensorOf, type Capture, type CapturedTensor } from './capture';

/**
 * ∂L/∂W of one parameter, step by step: L = Σ_t L_t gives ∂L/∂W = Σ_t δ_t s_tᵀ, where δ_t is what backpropagation brought
 * to the rows of W at step t (from all losses at t and after it) and s_t is what W was multiplied with there: x_t for
 * W_xh, h_{t−1} for W_hh, h_t for W_hy, 1 for a bias. Made from a capture, in double precision.
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
  private readonly sources: ((t: number, lane: number, k: number) => number) | undefined;
  private readonly gradient: ArrayLike<number>;

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
    this.gradient = gradient.data;
    const { delta, source, before } = operandsOf(name, (key) => capture.tensors.has(key));
    this.deltas = tensor(delta).data;
    if (source === undefined) return;
    const values = tensor(source).data;
    const at = (t: number, lane: number, k: number): number => values[(t * batch + lane) * columns + k];
    if (before === undefined) {
      this.sources = at;
      return;
    }
    const first = tensor(before).data;
    const cuts = capture.tensors.get('reset')?.data;
    this.sources = (t, lane, k) => {
      // A lane that begins anew at a step has no state before it.
      if (cuts?.[t * batch + lane] === 1) return 0;
      return t === 0 ? first[lane * columns + k] : at(t - 1, lane, k);
    };
  }

  /** δ_t (N) of one sequence. */
  delta(t: number, lane: number): Float64Array {
    return Float64Array.from({ length: this.rows }, (_, n) => this.deltaAt(t, lane, n));
  }

  /** s_t (K) of one sequence. */
  source(t: number, lane: number): Float64Array {
    return Float64Array.from({ length: this.columns }, (_, k) => this.sources?.(t, lane, k) ?? 1);
  }

  /** Adds the term of step t (N,K), of the whole batch or of one sequence, to `sum`. */
  add(sum: Float64Array, t: number, lane?: number): void {
    const { rows, columns } = this;
    const lanes = lane === undefined ? Array.from({ length: this.batch }, (_, b) => b) : [lane];
    for (const b of lanes) {
      const source = this.source(t, b);
      for (let n = 0; n < rows; n++) {
        const delta = this.deltaAt(t, b, n);
        if (delta === 0) continue;
        for (let k = 0; k < columns; k++) sum[n * columns + k] += delta * source[k];
      }
    }
  }

  /** The terms of steps T−1 … t added up (N,K), as the gradient stands when backpropagation has come down to t. */
  sumFrom(t: number, lane?: number): Float64Array {
    const sum = new Float64Array(this.rows * this.columns);
    for (let step = this.steps - 1; step >= t; step--) this.add(sum, step, lane);
    return sum;
  }

  /** Per step (T): the term's norm, the norm of the sum so far, and the term's share ⟨term, g⟩ / ‖g‖² of the gradient. */
  perStep(lane?: number): {
    readonly norm: Float64Array;
    readonly sumNorm: Float64Array;
    readonly share: Float64Array;
    readonly sum: Float64Array;
  } {
    const { steps } = this;
    const sum = new Float64Array(this.rows * this.columns);
    const term = new Float64Array(sum.length);
    const [norms, sumNorm, share] = [new Float64Array(steps), new Float64Array(steps), new Float64Array(steps)];
    const whole = normOf(this.gradient);
    for (let t = steps - 1; t >= 0; t--) {
      term.fill(0);
      this.add(term, t, lane);
      let along = 0;
      for (let i = 0; i < term.length; i++) {
        sum[i] += term[i];
        along += term[i] * this.gradient[i];
      }
      norms[t] = normOf(term);
      sumNorm[t] = normOf(sum);
      share[t] = whole === 0 ? 0 : along / whole ** 2;
    }
    return { norm: norms, sumNorm, share, sum };
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

  private deltaAt(t: number, lane: number, n: number): number {
    return this.deltas[(t * this.batch + lane) * this.rows + n];
  }
}

/** What a parameter's terms are made of: tensors of a capture, and where h_{t−1} is meant, the state before step 0. */
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

function normOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return Math.sqrt(sum);
}
