// The GRU cell, reset after the product: r, z = σ, n = tanh(gx_n + r∘gh_n), h = (1−z)∘n + z∘h₋, and back. Rows of a
// gates block: r, z, n.
import { flush, multiplyAdd, put } from './arithmetic';
import { sigmoid, tanh } from './functions';

const one = memory.data<f32>([1, 1, 1, 1]);

/** One step of B rows: `gates` (B,3H) take their values; gh_n is kept in `kept` (B,H), h is (B,H). */
export function gruForward(
  gates: usize,
  gh: usize,
  previous: usize,
  next: usize,
  kept: usize,
  batch: i32,
  hidden: i32,
): void {
  const block = (<usize>hidden) << 2;
  for (let row = 0; row < batch; row++) {
    for (let unit = 0; unit < hidden; unit += 4) {
      const count = min(4, hidden - unit);
      const gz = gates + block;
      const gn = gz + block;
      const ghN = v128.load(gh + (block << 1));
      const r = sigmoid(f32x4.add(v128.load(gates), v128.load(gh)));
      const z = sigmoid(f32x4.add(v128.load(gz), v128.load(gh + block)));
      const n = tanh(multiplyAdd(r, ghN, v128.load(gn)));
      put(gates, r, count);
      put(gz, z, count);
      put(gn, n, count);
      put(kept, ghN, count);
      const h = multiplyAdd(z, v128.load(previous), f32x4.mul(f32x4.sub(v128.load(one), z), n));
      put(next, flush(h), count);
      const bytes = (<usize>count) << 2;
      gates += bytes;
      gh += bytes;
      previous += bytes;
      next += bytes;
      kept += bytes;
    }
    gates += block << 1;
    gh += block << 1;
  }
}

/** dgx, dgh (B,3H) from dh, which becomes what reaches h_{t−1} directly. */
export function gruBackward(
  gates: usize,
  previous: usize,
  kept: usize,
  dh: usize,
  dgx: usize,
  dgh: usize,
  batch: i32,
  hidden: i32,
): void {
  const block = (<usize>hidden) << 2;
  for (let row = 0; row < batch; row++) {
    for (let unit = 0; unit < hidden; unit += 4) {
      const count = min(4, hidden - unit);
      const ones = v128.load(one);
      const r = v128.load(gates);
      const z = v128.load(gates + block);
      const n = v128.load(gates + (block << 1));
      const dOutput = v128.load(dh);
      const closed = f32x4.sub(ones, z);
      const dn = flush(f32x4.mul(f32x4.mul(dOutput, closed), f32x4.sub(ones, f32x4.mul(n, n))));
      const dr = flush(f32x4.mul(f32x4.mul(dn, v128.load(kept)), f32x4.mul(r, f32x4.sub(ones, r))));
      const moved = f32x4.mul(dOutput, f32x4.sub(v128.load(previous), n));
      const dz = flush(f32x4.mul(moved, f32x4.mul(z, closed)));
      put(dgx, dr, count);
      put(dgx + block, dz, count);
      put(dgx + (block << 1), dn, count);
      put(dgh, dr, count);
      put(dgh + block, dz, count);
      put(dgh + (block << 1), flush(f32x4.mul(dn, r)), count);
      put(dh, flush(f32x4.mul(dOutput, z)), count);
      const bytes = (<usize>count) << 2;
      gates += bytes;
      previous += bytes;
      kept += bytes;
      dh += bytes;
      dgx += bytes;
      dgh += bytes;
    }
    gates += block << 1;
    dgx += block << 1;
    dgh += block << 1;
  }
}
