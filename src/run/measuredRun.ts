import type { RecordBatch } from './records/recordBatch';

/** What the records of a run say about the keys of its experiment. */
export interface MeasuredRun {
  readonly updates: number;
  /** Updates whose gradient was changed by clipping. */
  readonly clipped: number;
  /** Median of ‖g‖ before clipping. */
  readonly medianGradNorm: number;
  /** Median of ‖Δw‖/‖w‖, each norm over all weight matrices; NaN if the weights are 0. */
  readonly medianUpdateRatio: number;
  /** See GradientDecay; undefined where the records don't show it. */
  readonly decay: GradientDecay | undefined;
}

/**
 * How the gradient of the first loss of a window decays on its way back, at the newest update with series through time:
 * ‖∂L/∂h_{t−k}‖ / ‖∂L/∂h_t‖ of the top layer, or that of c where it is larger. No other loss adds to it there.
 */
export interface GradientDecay {
  /** The update. */
  readonly update: number;
  /** Steps before the first loss. */
  readonly steps: number;
  /** The largest k for which at least a thousandth is left; `steps` means that it may reach further. */
  readonly horizon: number;
  /** The factor per step: the k-th root of what is left after all of them; 0 if nothing is. */
  readonly perStep: number;
}

/** The share from which a gradient counts as present: that of the memory horizon. */
const leastShare = 1e-3;

/** Maximum number of values whose median is exact. */
const maxValues = 1_000_000;

/** Measures a run from its records, batch by batch. */
export class RunMeasurement {
  readonly #gradNorms = new Sample(maxValues);
  readonly #updateRatios = new Sample(maxValues);
  #updates = 0;
  #clipped = 0;
  #decay: GradientDecay | undefined;

  add(batch: RecordBatch): void {
    const { count, gradNorm, clipped, layout } = batch;
    const weights = layout.parameters.flatMap((name, p) => (name.includes('weight') ? [p] : []));
    const P = layout.parameters.length;
    for (let n = 0; n < count; n++) {
      this.#updates++;
      this.#clipped += clipped[n] ?? 0;
      this.#gradNorms.add(gradNorm[n] ?? NaN);
      const norm = (of: Float64Array): number => Math.hypot(...weights.map((p) => of[n * P + p] ?? 0));
      this.#updateRatios.add(norm(batch.parameterUpdateNorm) / norm(batch.parameterWeightNorm));
    }
    if (batch.recorded > 0) this.#decay = decayOf(batch);
  }

  get measured(): MeasuredRun {
    return {
      updates: this.#updates,
      clipped: this.#clipped,
      medianGradNorm: this.#gradNorms.median,
      medianUpdateRatio: this.#updateRatios.median,
      decay: this.#decay,
    };
  }
}

/** The decay in the last series of a batch. */
function decayOf({ layout, update, steps: stepsOf, recorded, lossPerStep, dh, dc }: RecordBatch) {
  const { steps: T, layers, hasCellState } = layout;
  const n = stepsOf.findLastIndex((steps) => steps > 0);
  const [m, steps] = [recorded - 1, stepsOf[n] ?? 0];
  // A loss whose size is not known, of a recorded run, is NaN.
  const first = lossPerStep.subarray(m * T, m * T + steps).findIndex((loss) => loss !== 0);
  if (first < 1) return undefined;
  const top = (m * layers + layers - 1) * T;
  const left = (of: Float64Array, k: number): number => (of[top + first - k] ?? NaN) / (of[top + first] ?? NaN);
  const share = (k: number): number => {
    const [h, c] = [left(dh, k), hasCellState ? left(dc, k) : 0];
    return Number.isNaN(c) ? h : Math.max(h, c);
  };
  let horizon = 0;
  for (let k = 1; k <= first; k++) if (share(k) >= leastShare) horizon = k;
  const all = share(first);
  return Number.isNaN(all) ? undefined : { update: update[n] ?? 0, steps: first, horizon, perStep: all ** (1 / first) };
}

/** Values for a median in bounded memory: of too many, every second one, every fourth one, and so on. */
class Sample {
  #values = new Float64Array(1024);
  #length = 0;
  #seen = 0;
  #stride = 1;

  constructor(readonly maxLength: number) {}

  add(value: number): void {
    if (Number.isNaN(value)) return;
    if (this.#seen++ % this.#stride !== 0) return;
    if (this.#length === this.maxLength) this.#thin();
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(Math.min(this.maxLength, 2 * this.#length));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** NaN without values; of an even number the mean of the two in the middle. */
  get median(): number {
    const sorted = this.#values.slice(0, this.#length).sort();
    const half = sorted.length >> 1;
    const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[half]];
    return low === undefined || high === undefined ? NaN : (low + high) / 2;
  }

  #thin(): void {
    for (let i = 0; 2 * i < this.#length; i++) this.#values[i] = this.#values[2 * i] ?? NaN;
    this.#length = Math.ceil(this.#length / 2);
    this.#stride *= 2;
  }
}
