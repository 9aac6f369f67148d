/** The mapping from a plane to a picture; both axes have the same scale, so that distances are true. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  /** The point of the plane in the middle of the picture. */
  readonly centre: readonly [number, number];
}

const margin = 12;

/** Relative differences below this are rounding errors: such points are drawn in one place. */
const resolution = 1e-9;

/** The plane that shows all points (N,2) in a picture of this size. */
export function planeOf(points: Float64Array, width: number, height: number): Plane {
  const [left, right] = rangeOf(points, 0);
  const [bottom, top] = rangeOf(points, 1);
  const least = resolution * Math.max(-left, right, -bottom, top);
  const scale = Math.min(
    (width - 2 * margin) / Math.max(right - left, least),
    (height - 2 * margin) / Math.max(top - bottom, least),
  );
  return { width, height, scale: Number.isFinite(scale) ? scale : 1, centre: [(left + right) / 2, (bottom + top) / 2] };
}

/** The pixel of point `n`. */
export function pixelOf(
  { width, height, scale, centre }: Plane,
  points: Float64Array,
  n: number,
): readonly [number, number] {
  const [x = NaN, y = NaN] = points.subarray(2 * n, 2 * n + 2);
  return [width / 2 + (x - centre[0]) * scale, height / 2 - (y - centre[1]) * scale];
}

/** The point nearest to a pixel among those that satisfy `mayBe`. */
export function nearestPoint(
  plane: Plane,
  points: Float64Array,
  at: readonly [number, number],
  mayBe: (n: number) => boolean,
): number | undefined {
  let best: number | undefined;
  let least = Infinity;
  for (let n = 0; n < points.length / 2; n++) {
    if (!mayBe(n)) continue;
    const [x, y] = pixelOf(plane, points, n);
    const distance = Math.hypot(x - at[0], y - at[1]);
    if (distance < least) [best, least] = [n, distance];
  }
  return best;
}

function rangeOf(points: Float64Array, component: 0 | 1): readonly [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (let i = component; i < points.length; i += 2) {
    least = Math.min(least, points[i] ?? NaN);
    most = Math.max(most, points[i] ?? NaN);
  }
  return least <= most ? [least, most] : [0, 0];
}
