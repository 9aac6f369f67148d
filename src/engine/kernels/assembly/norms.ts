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

/** out[i] += x[i] for `length` elements; ‖out‖ after it and ‖x‖ as two doubles to `norms`, each summed as `norm` does. */
export function addMeasured(out: usize, x: usize, length: i32, norms: usize): void {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  let e = f64x2.splat(0);
  let f = f64x2.splat(0);
  let g = f64x2.splat(0);
  let h = f64x2.splat(0);
  for (const end = x + ((<usize>(length & ~7)) << 2); x < end; x += 32, out += 32) {
    let part = v128.load(x);
    let sum = f32x4.add(v128.load(out), part);
    v128.store(out, sum);
    let low = lower(part);
    let high = upper(part);
    e = f64x2.add(e, f64x2.mul(low, low));
    f = f64x2.add(f, f64x2.mul(high, high));
    low = lower(sum);
    high = upper(sum);
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
    part = v128.load(x, 16);
    sum = f32x4.add(v128.load(out, 16), part);
    v128.store(out, sum, 16);
    low = lower(part);
    high = upper(part);
    g = f64x2.add(g, f64x2.mul(low, low));
    h = f64x2.add(h, f64x2.mul(high, high));
    low = lower(sum);
    high = upper(sum);
    c = f64x2.add(c, f64x2.mul(low, low));
    d = f64x2.add(d, f64x2.mul(high, high));
  }
  let ofSum = total(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
  let ofX = total(f64x2.add(f64x2.add(e, f), f64x2.add(g, h)));
  for (const end = x + ((<usize>(length & 7)) << 2); x < end; x += 4, out += 4) {
    const part = load<f32>(x);
    const sum = load<f32>(out) + part;
    store<f32>(out, sum);
    ofX += <f64>part * <f64>part;
    ofSum += <f64>sum * <f64>sum;
  }
  store<f64>(norms, sqrt(ofSum));
  store<f64>(norms, sqrt(ofX), 8);
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
