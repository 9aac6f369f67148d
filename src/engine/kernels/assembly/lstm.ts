// The LSTM cell: i, f, o = σ, g = tanh, c = f∘c₋ + i∘g, h = o∘tanh c, and back. Rows of a gates block: i, f, g, o.
import { flush, multiplyAdd, put } from './arithmetic';
import { sigmoidRun, tanhRun } from './functions';

const zero = memory.data<f32>([0, 0, 0, 0]);
const one = memory.data<f32>([1, 1, 1, 1]);

/** One step of B rows: `gates` (B,4H) take their values; c, tanh c and h are (B,H). */
export function lstmForward(
  gates: usize,
  gh: usize,
  previous: usize,
  next: usize,
  squashed: usize,
  h: usize,
  batch: i32,
  hidden: i32,
): void {
  const block = (<usize>hidden) << 2;
  for (let row = 0; row < batch; row++) {
    // i and f lie side by side.
    sigmoidRun(gates, gates, gh, hidden << 1);
    tanhRun(gates + (block << 1), gates + (block << 1), gh + (block << 1), 0, hidden);
    sigmoidRun(gates + block * 3, gates + block * 3, gh + block * 3, hidden);
    nextCells(gates, previous, next, hidden);
    tanhRun(squashed, next, 0, 0, hidden);
    outputs(gates + block * 3, squashed, h, hidden);
    gates += block << 2;
    gh += block << 2;
    previous += block;
    next += block;
    squashed += block;
    h += block;
  }
}

/** c = f∘c₋ + i∘g of one row. */
function nextCells(gates: usize, previous: usize, next: usize, hidden: i32): void {
  const block = (<usize>hidden) << 2;
  for (let unit = 0; unit < hidden; unit += 4, gates += 16, previous += 16, next += 16) {
    const written = f32x4.mul(v128.load(gates), v128.load(gates + (block << 1)));
    const c = multiplyAdd(v128.load(gates + block), v128.load(previous), written);
    put(next, flush(c), min(4, hidden - unit));
  }
}

/** h = o∘tanh c of one row. */
function outputs(o: usize, squashed: usize, h: usize, hidden: i32): void {
  for (let unit = 0; unit < hidden; unit += 4, o += 16, squashed += 16, h += 16) {
    put(h, flush(f32x4.mul(v128.load(o), v128.load(squashed))), min(4, hidden - unit));
  }
}

/** dgx (B,4H) from dh and dc; `total` becomes ∂L/∂c_t, dc what reaches c_{t−1} directly, dh zero. */
export function lstmBackward(
  gates: usize,
  previous: usize,
  squashed: usize,
  dh: usize,
  dc: usize,
  total: usize,
  dgx: usize,
  batch: i32,
  hidden: i32,
): void {
  const block = (<usize>hidden) << 2;
  for (let row = 0; row < batch; row++) {
    for (let unit = 0; unit < hidden; unit += 4) {
      const count = min(4, hidden - unit);
      const ones = v128.load(one);
      const i = v128.load(gates);
      const f = v128.load(gates + block);
      const g = v128.load(gates + (block << 1));
      const o = v128.load(gates + block * 3);
      const value = v128.load(squashed);
      const dOutput = v128.load(dh);
      const slope = f32x4.sub(ones, f32x4.mul(value, value));
      const dAll = multiplyAdd(f32x4.mul(dOutput, o), slope, v128.load(dc));
      put(total, dAll, count);
      const di = f32x4.mul(f32x4.mul(dAll, g), f32x4.mul(i, f32x4.sub(ones, i)));
      const df = f32x4.mul(f32x4.mul(dAll, v128.load(previous)), f32x4.mul(f, f32x4.sub(ones, f)));
      const dg = f32x4.mul(f32x4.mul(dAll, i), f32x4.sub(ones, f32x4.mul(g, g)));
      const dOut = f32x4.mul(f32x4.mul(dOutput, value), f32x4.mul(o, f32x4.sub(ones, o)));
      put(dgx, flush(di), count);
      put(dgx + block, flush(df), count);
      put(dgx + (block << 1), flush(dg), count);
      put(dgx + block * 3, flush(dOut), count);
      put(dc, flush(f32x4.mul(dAll, f)), count);
      put(dh, v128.load(zero), count);
      const bytes = (<usize>count) << 2;
      gates += bytes;
      previous += bytes;
      squashed += bytes;
      dh += bytes;
      dc += bytes;
      total += bytes;
      dgx += bytes;
    }
    gates += block * 3;
    dgx += block * 3;
  }
}
