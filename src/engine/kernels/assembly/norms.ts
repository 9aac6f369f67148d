// Euclidean norms, summed in double: squares of the smallest and of the largest float32 stay far inside its range.

/** ‖x‖ over `length` elements. */
export function norm(x: usize, length: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  const vectors = x + ((<usize>(length & ~3)) << 2);
  for (; x < vectors; x += 16) {
    const values = v128.load(x);
    const low = f64x2.promote_low_f32x4(values);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(values, values, 2, 3, 2, 3));
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  a = f64x2.add(a, b);
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (let i = 0; i < (length & 3); i++, x += 4) {
    const value = <f64>load<f32>(x);
    sum += value * value;
  }
  return sqrt(sum);
}

/** ‖x − y‖ over `length` elements. */
export function distance(x: usize, y: usize, length: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  const vectors = x + ((<usize>(length & ~3)) << 2);
  for (; x < vectors; x += 16, y += 16) {
    const xs = v128.load(x);
    const ys = v128.load(y);
    const low = f64x2.sub(f64x2.promote_low_f32x4(xs), f64x2.promote_low_f32x4(ys));
    const high = f64x2.sub(
      f64x2.promote_low_f32x4(v128.shuffle<f32>(xs, xs, 2, 3, 2, 3)),
      f64x2.promote_low_f32x4(v128.shuffle<f32>(ys, ys, 2, 3, 2, 3)),
    );
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  a = f64x2.add(a, b);
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (let i = 0; i < (length & 3); i++, x += 4, y += 4) {
    const difference = <f64>load<f32>(x) - <f64>load<f32>(y);
    sum += difference * difference;
  }
  return sqrt(sum);
}
