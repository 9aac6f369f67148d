/** A quantity of a log over its steps. */
export interface LogCurve {
  readonly name: string;
  /** (n) ascending, each once; from 0 to `maxStep`. */
  readonly steps: Float64Array;
  /** (n) */
  readonly values: Float64Array;
  /** (n) when each was written, in seconds since 1970; empty where the log does not say. */
  readonly times: Float64Array;
}

/** What a log holds. */
export interface TrainingLog {
  /** In the order of their first values. */
  readonly curves: readonly LogCurve[];
  /** Norms of tensors, of the histograms that a log has of them. */
  readonly norms: readonly LogCurve[];
  /** What could not be read and why, as sentences. */
  readonly notices: readonly string[];
}

/** The largest step: records number updates with 32 bits, and a run has one more update than its last. */
export const maxStep = 2 ** 32 - 2;

/** Most curves of a log. */
export const maxCurves = 4096;

/** Most values of a log, of all curves together: 24 bytes each. */
export const maxValues = 1 << 23;

/** Longest name of a curve, in UTF-16 units; that of a parameter in a layout of records. */
const maxNameLength = 256;

/** Collects the curves of a log in bounded memory. */
export class CurveCollector {
  readonly #curves = new Map<string, GrowingCurve>();
  #values = 0;
  #unnumbered = 0;
  #longNames = 0;

  /** @param what the log, for messages: `The log` */
  constructor(readonly what: string) {}

  /**
   * Adds a value.
   *
   * @param time seconds since 1970; NaN where it is not known
   * @throws where the log has more curves or values than are read
   */
  add(name: string, step: number, value: number, time: number): void {
    if (!Number.isSafeInteger(step) || step < 0 || step > maxStep) {
      this.#unnumbered += 1;
      return;
    }
    if (name.length > maxNameLength) {
      this.#longNames += 1;
      return;
    }
    let curve = this.#curves.get(name);
    if (curve === undefined) {
      if (this.#curves.size >= maxCurves) throw new Error(`${this.what} has more than ${maxCurves} curves.`);
      curve = new GrowingCurve();
      this.#curves.set(name, curve);
    }
    if (this.#values >= maxValues) throw new Error(`${this.what} has more than ${maxValues} values.`);
    this.#values += 1;
    curve.add(step, value, time);
  }

  /** Removes what was added with `step` or a later one: of one curve, or of those that a predicate names. */
  purge(isMeant: (name: string) => boolean, step: number): void {
    for (const [name, curve] of this.#curves) if (isMeant(name)) this.#values -= curve.purge(step);
  }

  /** The curves so far; of several values at one step the last one counts. */
  finish(): readonly LogCurve[] {
    return [...this.#curves].map(([name, curve]) => curve.finish(name)).filter(({ steps }) => steps.length > 0);
  }

  /** What was left out, as sentences. */
  notices(): readonly string[] {
    return [
      ...(this.#unnumbered === 0
        ? []
        : [`${this.#unnumbered} values have no step from 0 to ${maxStep} and are left out.`]),
      ...(this.#longNames === 0
        ? []
        : [`${this.#longNames} values of names longer than ${maxNameLength} characters are left out.`]),
    ];
  }
}

/** The values of one curve in the order of the log. */
class GrowingCurve {
  #count = 0;
  /** (capacity, 3) step, value, time. */
  #rows = new Float64Array(3 * 16);

  add(step: number, value: number, time: number): void {
    if (3 * this.#count === this.#rows.length) {
      const larger = new Float64Array(2 * this.#rows.length);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows.set([step, value, time], 3 * this.#count);
    this.#count += 1;
  }

  /** Removes the values from a step on; returns how many. */
  purge(step: number): number {
    let kept = 0;
    for (let n = 0; n < this.#count; n++) {
      if ((this.#rows[3 * n] ?? 0) >= step) continue;
      this.#rows.copyWithin(3 * kept, 3 * n, 3 * n + 3);
      kept += 1;
    }
    const removed = this.#count - kept;
    this.#count = kept;
    return removed;
  }

  finish(name: string): LogCurve {
    const rows = this.#rows;
    const stepAt = (n: number): number => rows[3 * n] ?? 0;
    const order = Uint32Array.from({ length: this.#count }, (_, n) => n);
    // Stable: of equal steps the last one stays last.
    order.sort((one, other) => stepAt(one) - stepAt(other));
    const last = order.filter((n, at) => at + 1 === order.length || stepAt(order[at + 1] ?? 0) !== stepAt(n));
    const column = (offset: number): Float64Array => Float64Array.from(last, (n) => rows[3 * n + offset] ?? NaN);
    const times = column(2);
    return {
      name,
      steps: column(0),
      values: column(1),
      times: times.every(Number.isNaN) ? new Float64Array(0) : times,
    };
  }
}
