import { tensorOf, type CapturedTensor } from '../../engine/instruments/capture';
import type { GradientNormBreakdown, ParameterNormShare } from '../../protocol/gradientNormBreakdown';
import type { Pause } from './requestQueue';
import type { UpdateTerms } from './chainRuleTerms';

/** The shares of parameters and steps in the gradient norm of a captured update, and the effect of clipping. */
export async function gradientNormBreakdown(
  terms: UpdateTerms,
  names: readonly string[],
  pause: Pause,
): Promise<GradientNormBreakdown> {
  const { capture } = terms;
  const { metadata } = capture;
  const tensor = (name: string): CapturedTensor => tensorOf(capture, name);
  const products = names.map((name) => productsOf(tensor(`grad/${name}`).data, tensor(`clipped/${name}`).data));
  const total = products.reduce(
    (sum, { raw, clipped, both }) => ({ raw: sum.raw + raw, clipped: sum.clipped + clipped, both: sum.both + both }),
    { raw: 0, clipped: 0, both: 0 },
  );
  return {
    update: Number(metadata['step']),
    gradNorm: Number(metadata['gradNorm']),
    clippedNorm: Math.sqrt(total.clipped),
    coefficient: Number(metadata['clipCoefficient']),
    cosine: total.both / Math.sqrt(total.raw * total.clipped),
    parameters: products.map(({ raw, clipped, both, changed, elements }, i): ParameterNormShare => ({
      name: names[i] ?? '',
      share: total.raw === 0 ? 0 : raw / total.raw,
      gradNorm: Math.sqrt(raw),
      clippedNorm: Math.sqrt(clipped),
      cosine: both / Math.sqrt(raw * clipped),
      changed,
      elements,
    })),
    stepShare: terms.isQuick(names)
      ? await stepShares(
          terms,
          names,
          products.map(({ raw }) => (total.raw === 0 ? 0 : raw / total.raw)),
          pause,
        )
      : new Float64Array(0),
  };
}

/** The shares of the steps: each parameter's own shares, weighted with its share in the norm. */
async function stepShares(
  terms: UpdateTerms,
  names: readonly string[],
  weights: readonly number[],
  pause: Pause,
): Promise<Float64Array> {
  const all: Float64Array[] = [];
  for (const name of names) all.push(await terms.shares(name, pause));
  return (all[0] ?? new Float64Array(0)).map((_, t) =>
    all.reduce((sum, share, i) => sum + (weights[i] ?? 0) * (share[t] ?? 0), 0),
  );
}

function productsOf(gradient: ArrayLike<number>, clippedGradient: ArrayLike<number>) {
  let [raw, clipped, both, changed] = [0, 0, 0, 0];
  for (let i = 0; i < gradient.length; i++) {
    const [before, after] = [gradient[i] ?? NaN, clippedGradient[i] ?? NaN];
    raw += before * before;
    clipped += after * after;
    both += before * after;
    if (before !== after) changed++;
  }
  return { raw, clipped, both, changed, elements: gradient.length };
}
