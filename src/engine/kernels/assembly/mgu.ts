// The minimal gated unit: f = σ, n = tanh(gx_n + f∘gh_n), h = (1−f)∘h₋ + f∘n, and back. Rows of a gates block: f, n.
import { flush, multiplyAdd, put } from './arithmetic';
import { sigmoidRun, tanhRun } from './functions';

const one = memory.data<f32>([1, 1, 1, 1]);

/** One step of B rows: `gates` (B,2H) take their values; `cache` (B,H) becomes gh_n, h is (B,H). */
export function mguForward(
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
    sigmoidRun(gates, gates, gh, hidden);
    gatedCandidates(gates, gh + block, cache, hidden);
    tanhRun(gates + block, gates + block, 0, 0, hidden);
    nextStates(gates, previous, next, hidden);
    gates += block << 1;
    gh += block << 1;
    previous += block;
    next += block;
    cache += block;
  }
}

/** gx_n + f∘gh_n of one row in place of gx_n, and gh_n to `cache`. */
function gatedCandidates(gates: usize, ghN: usize, cache: usize, hidden: i32): void {
  const gn = (<usize>hidden) << 2;
  for (let unit = 0; unit < hidden; unit += 4, gates += 16, ghN += 16, cache += 16) {
    const value = v128.load(ghN);
    put(cache, value, min(4, hidden - unit));
    put(gates + gn, multiplyAdd(v128.load(gates), value, v128.load(gates + gn)), min(4, hidden - unit));
  }
}

/** h = (1−f)∘h₋ + f∘n of one row. */
function nextStates(gf: usize, previous: usize, next: usize, hidden: i32): void {
  const block = (<usize>hidden) << 2;
  for (let unit = 0; unit < hidden; unit += 4, gf += 16, previous += 16, next += 16) {
    const f = v128.load(gf);
    const stays = f32x4.mul(f32x4.sub(v128.load(one), f), v128.load(previous));
    put(next, flush(multiplyAdd(f, v128.load(gf + block), stays)), min(4, hidden - unit));
  }
}

/** dgx, dgh (B,2H) from dh, which becomes what reaches h_{t−1} directly. */
export function mguBackward(
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
      const f = v128.load(gates);
      const n = v128.load(gates + block);
      const dOutput = v128.load(dh);
      const closed = f32x4.sub(ones, f);
      const dn = flush(f32x4.mul(f32x4.mul(dOutput, f), f32x4.sub(ones, f32x4.mul(n, n))));
      const moved = f32x4.mul(dOutput, f32x4.sub(n, v128.load(previous)));
      const df = flush(f32x4.mul(multiplyAdd(dn, v128.load(cache), moved), f32x4.mul(f, closed)));
      put(dgx, df, count);
      put(dgx + block, dn, count);
      put(dgh, df, count);
      put(dgh + block, flush(f32x4.mul(dn, f)), count);
      put(dh, flush(f32x4.mul(dOutput, closed)), count);
      const bytes = (<usize>count) << 2;
      gates += bytes;
      previous += bytes;
      cache += bytes;
      dh += bytes;
      dgx += bytes;
      dgh += bytes;
    }
    gates += block;
    dgx += block;
    dgh += block;
  }
}
