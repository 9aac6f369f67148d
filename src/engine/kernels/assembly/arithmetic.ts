// Shared by the other kernels: one multiply-add in both builds, and loads and stores of parts of a vector.

/** a · b + c: rounded once where the module may use fused arithmetic, twice where it may not. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Writes the first `count` of four lanes, 1 to 4. */
export function put(at: usize, lanes: v128, count: i32): void {
  if (count == 4) {
    v128.store(at, lanes);
    return;
  }
  v128.store_lane<f32>(at, lanes, 0);
  if (count > 1) v128.store_lane<f32>(at, lanes, 1, 4);
  if (count > 2) v128.store_lane<f32>(at, lanes, 2, 8);
}

/** Adds `lanes` to the first `count` of four elements, 1 to 4. Reading past them is harmless: tensors end in padding. */
export function addTo(at: usize, lanes: v128, count: i32): void {
  put(at, f32x4.add(v128.load(at), lanes), count);
}

/** Magnitudes below it become zero where gradients and states are written: their products would be denormal, and slow. */
const flushed = memory.data<f32>([1e-30, 1e-30, 1e-30, 1e-30]);

/** All bits of a float32 but the sign; the absolute-value instruction would rebuild them at each use. */
const magnitude = memory.data<u32>([0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff]);

/** |x| */
export function magnitudeOf(x: v128): v128 {
  return v128.and(x, v128.load(magnitude));
}

/** x, or exact zero where |x| is too small to matter; NaN stays NaN. */
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(magnitudeOf(x), v128.load(flushed)));
}

/** Masks of the first 0 to 4 lanes, each at 16 bytes times their number. */
export const lanesOf = memory.data<u32>([
  0, 0, 0, 0, 0xffffffff, 0, 0, 0, 0xffffffff, 0xffffffff, 0, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0, 0xffffffff,
  0xffffffff, 0xffffffff, 0xffffffff,
]);
