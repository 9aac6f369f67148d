// The steps of the optimizers over all parameters at once; definitions as in the engine's own optimizers.
import { magnitudeOf, put } from './arithmetic';

/** The smallest normal float32: what an optimizer remembers becomes zero below it, since a denormal would be slow. */
const smallest = memory.data<f32>([1.1754944e-38]);

/** A parameter's number on its way into a vector. */
const passing = memory.data<f32>([0]);

/** Four times `value`, by way of memory: a parameter would be splatted again in each iteration of a loop. */
function spread(value: f32): v128 {
  store<f32>(passing, value);
  return v128.load_splat<f32>(passing);
}

function remembered(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(magnitudeOf(x), v128.load_splat<f32>(smallest)));
}

/** g = ∂L/∂w + decay·w */
function decayed(gradient: usize, values: usize, decay: v128): v128 {
  return f32x4.add(v128.load(gradient), f32x4.mul(decay, v128.load(values)));
}

/** w −= rate·g */
export function sgd(values: usize, gradient: usize, length: i32, rate: f32, decay: f32): void {
  const rates = spread(rate);
  const decays = spread(decay);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16) {
    const step = f32x4.mul(rates, decayed(gradient, values, decays));
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
  const rates = spread(rate);
  const decays = spread(decay);
  const momenta = spread(momentum);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, buffer += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decays);
    const moved = remembered(f32x4.add(f32x4.mul(momenta, v128.load(buffer)), g));
    put(buffer, moved, count);
    const step = nesterov ? f32x4.add(g, f32x4.mul(momenta, moved)) : moved;
    put(values, f32x4.sub(v128.load(values), f32x4.mul(rates, step)), count);
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
  const rates = spread(rate);
  const decays = spread(decay);
  const epsilons = spread(epsilon);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, squares += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decays);
    const sum = remembered(f32x4.add(v128.load(squares), f32x4.mul(g, g)));
    put(squares, sum, count);
    const below = f32x4.add(f32x4.sqrt(sum), epsilons);
    const step = quotient(f32x4.mul(rates, g), below, g);
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
  const rates = spread(rate);
  const decays = spread(decay);
  const keeps = spread(kept);
  const freshes = spread(fresh);
  const epsilons = spread(epsilon);
  const momenta = spread(momentum);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, squares += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decays);
    const square = f32x4.mul(f32x4.mul(freshes, g), g);
    const mean = remembered(f32x4.add(f32x4.mul(keeps, v128.load(squares)), square));
    put(squares, mean, count);
    let step = quotient(g, f32x4.add(f32x4.sqrt(mean), epsilons), g);
    if (buffer != 0) {
      const at = buffer + ((<usize>i) << 2);
      step = remembered(f32x4.add(step, f32x4.mul(momenta, v128.load(at))));
      put(at, step, count);
    }
    put(values, f32x4.sub(v128.load(values), f32x4.mul(rates, step)), count);
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
  const stepSizes = spread(stepSize);
  const decays = spread(decay);
  const betas1 = spread(beta1);
  const freshes1 = spread(fresh1);
  const betas2 = spread(beta2);
  const freshes2 = spread(fresh2);
  const rootCorrections = spread(rootCorrection);
  const epsilons = spread(epsilon);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, means += 16, squares += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decays);
    const mean = remembered(
      f32x4.add(f32x4.mul(betas1, v128.load(means)), f32x4.mul(freshes1, g)),
    );
    const fresh = f32x4.mul(f32x4.mul(freshes2, g), g);
    const square = remembered(f32x4.add(f32x4.mul(betas2, v128.load(squares)), fresh));
    put(means, mean, count);
    put(squares, square, count);
    const below = f32x4.add(f32x4.div(f32x4.sqrt(square), rootCorrections), epsilons);
    const step = quotient(f32x4.mul(stepSizes, mean), below, mean);
    put(values, f32x4.sub(v128.load(values), step), count);
  }
}

/** above / below, and zero where `g` is zero: without gradient there is no step, also where ε is 0. */
function quotient(above: v128, below: v128, g: v128): v128 {
  return v128.andnot(f32x4.div(above, below), f32x4.eq(g, f32x4.splat(0)));
}
