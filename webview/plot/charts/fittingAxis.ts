/** A value this many times the first one is far above it; one this many times smaller is far below. */
const farBeyond = 1000;

/** The fraction at the end of a curve whose mean is its final value: a single batch may be easy by chance. */
const endingPart = 0.05;

/**
 * The axis on which all curves are readable: on a linear axis an exploding curve would flatten the others, and a curve
 * that has fallen by a factor of thousands would lie on the axis although it still falls.
 */
export function fittingAxis(curves: readonly (readonly { readonly y: number }[])[]): 'linear' | 'log' {
  const firsts = curves.map(([first]) => first?.y ?? NaN).filter((value) => !Number.isNaN(value));
  const far = farBeyond * Math.min(...firsts);
  const isFar = curves.some((curve) => curve.some(({ y }) => y > far) || hasFallen(curve));
  return isFar ? 'log' : 'linear';
}

function hasFallen(curve: readonly { readonly y: number }[]): boolean {
  const values = curve.map(({ y }) => y).filter((y) => !Number.isNaN(y));
  const ending = values.slice(-Math.max(1, Math.round(endingPart * values.length)));
  const end = ending.reduce((sum, y) => sum + y, 0) / ending.length;
  return end > 0 && end < (values[0] ?? NaN) / farBeyond;
}
