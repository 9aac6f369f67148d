// The GRU cell, reset after the product: r, z = σ, n = tanh(gx_n + r∘gh_n), h = (1−z)∘n + z∘h₋, and back. Rows of a
// gates block: r, z, n.
import { flush, multiplyAdd, put } from './arithmetic';
import { sigmoidRun, tanhRun } from './functions';

const one = memory.data<f32>([1, 1, 1, 1]);

/** One step of B rows: `gates` (B,3H) take their values; `cache` (B,H) becomes gh_n, h is (B,H). */
export function gruForward(
  gates: usize,
  gh: usize,
  previous: usize,
  next: usize,
  cache: usize,
  batch: i32,
  hidden: i32,
): void {
  const block = (<usize>hidden) << 2;
  for (let row = 0; row < batch; row++) {
    // r and z lie side by side.
    sigmoidRun(gates, gates, gh, hidden << 1);
    resetCandidates(gates, gh + (block << 1), cache, hidden);
    tanhRun(gates + (block << 1), gates + (block << 1), 0, 0, hidden);
    nextStates(gates + block, previous, next, hidden);
    gates += block * 3;
    gh += block * 3;
    previous += block;
    next += block;
    cache += block;
  }
}

/** gx_n + r∘gh_n of one row in place of gx_n, and gh_n to `cache`. */
function resetCandidates(gates: usize, ghN: usize, cache: usize, hidden: i32): void {
  const gn = (<usize>hidden) << 3;
  for (let unit = 0; unit < hidden; unit += 4, gates += 16, ghN += 16, cache += 16) {
    const value = v128.load(ghN);
    put(cache, value, min(4, hidden - unit));
    put(gates + gn, multiplyAdd(v128.load(gates), value, v128.load(gates + gn)), min(4, hidden - unit));
  }
}

/** h = (1−z)∘n + z∘h₋ of one row. */
function nextStates(gz: usize, previous: usize, next: usize, hidden: i32): void {
  const block = (<usize>hidden) << 2;
  for (let unit = 0; unit < hidden; unit += 4, gz += 16, previous += 16, next += 16) {
    const z = v128.load(gz);
    const fresh = f32x4.mul(f32x4.sub(v128.load(one), z), v128.load(gz + block));
    put(next, flush(multiplyAdd(z, v128.load(previous), fresh)), min(4, hidden - unit));
  }
}

/** dgx, dgh (B,3H) from dh, which becomes what reaches h_{t−1} directly. */
export function gruBackward(
  gates: usize,
  previous: usize,
  cache: usize,
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
      const dr = flush(f32x4.mul(f32x4.mul(dn, v128.load(cache)), f32x4.mul(r, f32x4.sub(ones, r))));
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
      cache += bytes;
      dh += bytes;
      dgx += bytes;
      dgh += bytes;
    }
    gates += block << 1;
    dgx += block << 1;
    dgh += block << 1;
  }
}
