import type { Capture } from '../engine/capture';
import { GradientTerms } from '../engine/gradientTerms';
import type { Terms, TermsRequest } from '../protocol/terms';
import { largestPictured } from './inspection';

/** Multiplications beyond which the terms would keep a person waiting. */
const mostWork = 6e9;

/** The terms of single parameters of one captured update; what is the same for all steps is made once. */
export class TermsOfUpdate {
  readonly #known = new Map<
    string,
    { readonly terms: GradientTerms; readonly steps: ReturnType<GradientTerms['perStep']> }
  >();

  constructor(readonly capture: Capture) {}

  /** @throws RangeError for a parameter, a sequence or a step that is not there, and where it would take too long */
  at({ parameter, sequence, t }: TermsRequest): Terms {
    const { terms, steps: perStep } = this.#of(parameter);
    const { rows, columns, steps, batch, gradientNorm } = terms;
    if (sequence >= batch || t >= steps) {
      throw new RangeError(
        `The batch has sequences 0 to ${batch - 1} and steps 0 to ${steps - 1}; asked for ${sequence} and ${t}.`,
      );
    }
    const isPictured = rows * columns <= largestPictured;
    const term = new Float64Array(isPictured ? rows * columns : 0);
    if (isPictured) terms.add(term, t);
    return {
      parameter,
      rows,
      columns,
      norm: perStep.norm,
      sumNorm: perStep.sumNorm,
      share: perStep.share,
      gradientNorm,
      relativeError: terms.relativeError(perStep.sum),
      t,
      delta: terms.delta(t, sequence),
      source: terms.source(t, sequence),
      term,
      sum: isPictured ? terms.sumFrom(t) : term,
    };
  }

  /** ⟨term, g⟩ / ‖g‖² of each step (T), as `Terms.share`. */
  shares(parameter: string): Float64Array {
    return this.#of(parameter).steps.share;
  }

  /** Whether the terms of all these parameters can be added up while somebody waits. */
  isQuick(parameters: readonly string[]): boolean {
    return parameters.reduce((sum, name) => sum + workOf(new GradientTerms(this.capture, name)), 0) <= mostWork;
  }

  #of(parameter: string) {
    const known = this.#known.get(parameter);
    if (known !== undefined) return known;
    const terms = new GradientTerms(this.capture, parameter);
    if (workOf(terms) > mostWork) {
      throw new RangeError(
        `${parameter} has ${terms.rows} × ${terms.columns} elements: its terms over ${terms.steps} steps of ${terms.batch} sequences would take too long to add up. Choose a bias, or a smaller net.`,
      );
    }
    const fresh = { terms, steps: terms.perStep() };
    this.#known.set(parameter, fresh);
    return fresh;
  }
}

/** Multiplications that all terms of a parameter take. */
function workOf({ rows, columns, steps, batch }: GradientTerms): number {
  return rows * columns * steps * batch;
}
