// Euclidean norms, summed in double: squares of the smallest and of the largest float32 stay far inside its range. Four
// sums run side by side, since each addition has to wait for the one before it.

/** ‖x‖ over `length` elements. */
export function norm(x: usize, length: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  for (const end = x + (<usize>(length & ~7) << 2); x < end; x += 32) {
    const first = lower(v128.load(x));
    const second = upper(v128.load(x));
    const third = lower(v128.load(x, 16));
    const fourth = upper(v128.load(x, 16));
    a = f64x2.add(a, f64x2.mul(first, first));
    b = f64x2.add(b, f64x2.mul(second, second));
    c = f64x2.add(c, f64x2.mul(third, third));
    d = f64x2.add(d, f64x2.mul(fourth, fourth));
  }
  let sum = total(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
  for (const end = x + (<usize>(length & 7) << 2); x < end; x += 4) {
    const value = <f64>load<f32>(x);
    sum += value * value;
  }
  return sqrt(sum);
}

/** ‖x − y‖ over `length` elements. */
export function distance(x: usize, y: usize, length: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  for (const end = x + (<usize>(length & ~7) << 2); x < end; x += 32, y += 32) {
    const first = f64x2.sub(lower(v128.load(x)), lower(v128.load(y)));
    const second = f64x2.sub(upper(v128.load(x)), upper(v128.load(y)));
    const third = f64x2.sub(lower(v128.load(x, 16)), lower(v128.load(y, 16)));
    const fourth = f64x2.sub(upper(v128.load(x, 16)), upper(v128.load(y, 16)));
    a = f64x2.add(a, f64x2.mul(first, first));
    b = f64x2.add(b, f64x2.mul(second, second));
    c = f64x2.add(c, f64x2.mul(third, third));
    d = f64x2.add(d, f64x2.mul(fourth, fourth));
  }
  let sum = total(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
  for (const end = x + (<usize>(length & 7) << 2); x < end; x += 4, y += 4) {
    const difference = <f64>load<f32>(x) - <f64>load<f32>(y);
    sum += difference * difference;
  }
  return sqrt(sum);
}

/** The first two of four float32 as doubles. */
function lower(values: v128): v128 {
  return f64x2.promote_low_f32x4(values);
}

/** The last two of four float32 as doubles. */
function upper(values: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(values, values, 2, 3, 2, 3));
}

function total(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}
