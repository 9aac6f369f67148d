import type { Capture } from '../../engine/instruments/capture';
import { GradientTerms, type TermsPerStep } from '../../engine/instruments/chainRuleTerms';
import type { ChainRuleTerms, ChainRuleTermsRequest } from '../../protocol/chainRuleTerms';
import { maxPlottedElements } from './inspection';
import type { Pause } from './requestQueue';

/** Maximum number of multiplications for the terms of a parameter, so that a reply takes seconds at most. */
const maxMultiplications = 6e9;

/** The chain-rule terms of single parameters of one captured update. Results that are the same for all steps are cached. */
export class UpdateTerms {
  readonly #cache = new Map<string, { readonly terms: GradientTerms; readonly steps: TermsPerStep }>();

  constructor(readonly capture: Capture) {}

  /** @throws RangeError for a parameter, sequence or step that doesn't exist, and where it would take too long */
  async at({ parameter, sequence, t }: ChainRuleTermsRequest, pause: Pause): Promise<ChainRuleTerms> {
    const { terms, steps: perStep } = await this.#of(parameter, pause);
    const { rows, columns, steps, batch, gradientNorm } = terms;
    if (sequence >= batch || t >= steps) {
      throw new RangeError(
        `The batch has sequences 0 to ${batch - 1} and steps 0 to ${steps - 1}; requested were ${sequence} and ${t}.`,
      );
    }
    const isPictured = rows * columns <= maxPlottedElements;
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
      sum: isPictured ? await runToEnd(terms.sumFrom(t), pause) : term,
    };
  }

  /** ⟨term, g⟩ / ‖g‖² of each step (T), as `Terms.share`. */
  async shares(parameter: string, pause: Pause): Promise<Float64Array> {
    return (await this.#of(parameter, pause)).steps.share;
  }

  /** Whether adding up the terms of all these parameters stays below the limit. */
  isQuick(parameters: readonly string[]): boolean {
    return (
      parameters.reduce((sum, name) => sum + multiplicationsOf(new GradientTerms(this.capture, name)), 0) <=
      maxMultiplications
    );
  }

  async #of(parameter: string, pause: Pause) {
    const cached = this.#cache.get(parameter);
    if (cached !== undefined) return cached;
    const terms = new GradientTerms(this.capture, parameter);
    if (multiplicationsOf(terms) > maxMultiplications) {
      throw new RangeError(
        `${parameter} has ${terms.rows} × ${terms.columns} elements: its terms over ${terms.steps} steps of ${terms.batch} sequences would take too long to add up. Choose a bias, or a smaller net.`,
      );
    }
    const fresh = { terms, steps: await runToEnd(terms.perStep(), pause) };
    this.#cache.set(parameter, fresh);
    return fresh;
  }
}

/** Runs a computation to its end, and pauses where it yields. */
async function runToEnd<Result>(work: Generator<undefined, Result>, pause: Pause): Promise<Result> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

/** Number of multiplications for all terms of a parameter. */
function multiplicationsOf({ rows, columns, steps, batch }: GradientTerms): number {
  return rows * columns * steps * batch;
}
