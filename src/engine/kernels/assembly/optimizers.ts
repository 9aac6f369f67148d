// The steps of the optimizers over all parameters at once; definitions as in the engine's own optimizers.
import { put } from './arithmetic';

/** The smallest normal float32: what an optimizer remembers becomes zero below it, since a denormal would be slow. */
const smallest: f32 = 1.1754944e-38;

function remembered(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(smallest)));
}

/** g = ∂L/∂w + decay·w */
function decayed(gradient: usize, values: usize, decay: f32): v128 {
  return f32x4.add(v128.load(gradient), f32x4.mul(f32x4.splat(decay), v128.load(values)));
}

/** w −= rate·g */
export function sgd(values: usize, gradient: usize, length: i32, rate: f32, decay: f32): void {
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16) {
    const step = f32x4.mul(f32x4.splat(rate), decayed(gradient, values, decay));
    put(values, f32x4.sub(v128.load(values), step), min(4, length - i));
  }
}

/** buf = μ·buf + g; w −= rate·buf, or rate·(g + μ·buf) with Nesterov. */
export function momentumSgd(
  values: usize,
  gradient: usize,
  buffer: usize,
  length: i32,
  rate: f32,
  decay: f32,
  momentum: f32,
  nesterov: bool,
): void {
  const kept = f32x4.splat(momentum);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, buffer += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decay);
    const moved = remembered(f32x4.add(f32x4.mul(kept, v128.load(buffer)), g));
    put(buffer, moved, count);
    const step = nesterov ? f32x4.add(g, f32x4.mul(kept, moved)) : moved;
    put(values, f32x4.sub(v128.load(values), f32x4.mul(f32x4.splat(rate), step)), count);
  }
}

/** s += g²; w −= rate·g / (√s + ε) */
export function adagrad(
  values: usize,
  gradient: usize,
  squares: usize,
  length: i32,
  rate: f32,
  decay: f32,
  epsilon: f32,
): void {
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, squares += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decay);
    const sum = remembered(f32x4.add(v128.load(squares), f32x4.mul(g, g)));
    put(squares, sum, count);
    const below = f32x4.add(f32x4.sqrt(sum), f32x4.splat(epsilon));
    const step = quotient(f32x4.mul(f32x4.splat(rate), g), below, g);
    put(values, f32x4.sub(v128.load(values), step), count);
  }
}

/** v = α·v + (1−α)·g²; step = g / (√v + ε), with momentum buf = μ·buf + step in its place; w −= rate·step. */
export function rmsprop(
  values: usize,
  gradient: usize,
  squares: usize,
  buffer: usize,
  length: i32,
  rate: f32,
  decay: f32,
  kept: f32,
  fresh: f32,
  epsilon: f32,
  momentum: f32,
): void {
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, squares += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decay);
    const square = f32x4.mul(f32x4.mul(f32x4.splat(fresh), g), g);
    const mean = remembered(f32x4.add(f32x4.mul(f32x4.splat(kept), v128.load(squares)), square));
    put(squares, mean, count);
    let step = quotient(g, f32x4.add(f32x4.sqrt(mean), f32x4.splat(epsilon)), g);
    if (buffer != 0) {
      const at = buffer + ((<usize>i) << 2);
      step = remembered(f32x4.add(step, f32x4.mul(f32x4.splat(momentum), v128.load(at))));
      put(at, step, count);
    }
    put(values, f32x4.sub(v128.load(values), f32x4.mul(f32x4.splat(rate), step)), count);
  }
}

/** m = β₁m + (1−β₁)g; v = β₂v + (1−β₂)g²; w −= stepSize·m / (√v / rootCorrection + ε) */
export function adam(
  values: usize,
  gradient: usize,
  means: usize,
  squares: usize,
  length: i32,
  stepSize: f32,
  decay: f32,
  beta1: f32,
  fresh1: f32,
  beta2: f32,
  fresh2: f32,
  rootCorrection: f32,
  epsilon: f32,
): void {
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, means += 16, squares += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decay);
    const mean = remembered(
      f32x4.add(f32x4.mul(f32x4.splat(beta1), v128.load(means)), f32x4.mul(f32x4.splat(fresh1), g)),
    );
    const fresh = f32x4.mul(f32x4.mul(f32x4.splat(fresh2), g), g);
    const square = remembered(f32x4.add(f32x4.mul(f32x4.splat(beta2), v128.load(squares)), fresh));
    put(means, mean, count);
    put(squares, square, count);
    const below = f32x4.add(f32x4.div(f32x4.sqrt(square), f32x4.splat(rootCorrection)), f32x4.splat(epsilon));
    const step = quotient(f32x4.mul(f32x4.splat(stepSize), mean), below, mean);
    put(values, f32x4.sub(v128.load(values), step), count);
  }
}

/** above / below, and zero where `g` is zero: without gradient there is no step, also where ε is 0. */
function quotient(above: v128, below: v128, g: v128): v128 {
  return v128.andnot(f32x4.div(above, below), f32x4.eq(g, f32x4.splat(0)));
}
