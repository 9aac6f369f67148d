/** So many times the first value is far beyond it, and so small a part of it far below. */
const farBeyond = 1000;

/** The part of a curve at its end whose mean says how far it has come: a single batch may be easy by chance. */
const endingPart = 0.05;

/**
 * The axis on which all curves can be read: on a linear one a curve that explodes would press the rest flat, and one that
 * has fallen by thousands would lie on the axis while it goes on falling.
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
