// The steps of the optimizers over all parameters at once; definitions as in the engine's own optimizers.
import { magnitudeOf, put } from './arithmetic';

/** The smallest normal float32: an optimizer's state below it becomes zero, because denormal numbers are slow. */
const smallest = memory.data<f32>([1.1754944e-38]);

/** The scalar that `splat` loads into a vector. */
const scalar = memory.data<f32>([0]);

/** Four lanes of `value`, loaded from memory: the splat of a parameter would be repeated in each iteration of a loop. */
function splat(value: f32): v128 {
  store<f32>(scalar, value);
  return v128.load_splat<f32>(scalar);
}

function flushDenormal(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(magnitudeOf(x), v128.load_splat<f32>(smallest)));
}

/** g = ∂L/∂w + decay·w */
function decayed(gradient: usize, values: usize, decay: v128): v128 {
  return f32x4.add(v128.load(gradient), f32x4.mul(decay, v128.load(values)));
}

/** w −= rate·g */
export function sgd(values: usize, gradient: usize, length: i32, rate: f32, decay: f32): void {
  const rates = splat(rate);
  const decays = splat(decay);
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
  const rates = splat(rate);
  const decays = splat(decay);
  const momenta = splat(momentum);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, buffer += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decays);
    const velocity = flushDenormal(f32x4.add(f32x4.mul(momenta, v128.load(buffer)), g));
    put(buffer, velocity, count);
    const step = nesterov ? f32x4.add(g, f32x4.mul(momenta, velocity)) : velocity;
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
  const rates = splat(rate);
  const decays = splat(decay);
  const epsilons = splat(epsilon);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, squares += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decays);
    const sum = flushDenormal(f32x4.add(v128.load(squares), f32x4.mul(g, g)));
    put(squares, sum, count);
    const denominator = f32x4.add(f32x4.sqrt(sum), epsilons);
    const step = quotient(f32x4.mul(rates, g), denominator, g);
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
  alpha: f32,
  oneMinusAlpha: f32,
  epsilon: f32,
  momentum: f32,
): void {
  const rates = splat(rate);
  const decays = splat(decay);
  const alphas = splat(alpha);
  const oneMinusAlphas = splat(oneMinusAlpha);
  const epsilons = splat(epsilon);
  const momenta = splat(momentum);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, squares += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decays);
    const square = f32x4.mul(f32x4.mul(oneMinusAlphas, g), g);
    const mean = flushDenormal(f32x4.add(f32x4.mul(alphas, v128.load(squares)), square));
    put(squares, mean, count);
    let step = quotient(g, f32x4.add(f32x4.sqrt(mean), epsilons), g);
    if (buffer != 0) {
      const at = buffer + ((<usize>i) << 2);
      step = flushDenormal(f32x4.add(step, f32x4.mul(momenta, v128.load(at))));
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
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  rootCorrection: f32,
  epsilon: f32,
): void {
  const stepSizes = splat(stepSize);
  const decays = splat(decay);
  const betas1 = splat(beta1);
  const oneMinusBetas1 = splat(oneMinusBeta1);
  const betas2 = splat(beta2);
  const oneMinusBetas2 = splat(oneMinusBeta2);
  const rootCorrections = splat(rootCorrection);
  const epsilons = splat(epsilon);
  for (let i = 0; i < length; i += 4, values += 16, gradient += 16, means += 16, squares += 16) {
    const count = min(4, length - i);
    const g = decayed(gradient, values, decays);
    const mean = flushDenormal(f32x4.add(f32x4.mul(betas1, v128.load(means)), f32x4.mul(oneMinusBetas1, g)));
    const newSquare = f32x4.mul(f32x4.mul(oneMinusBetas2, g), g);
    const square = flushDenormal(f32x4.add(f32x4.mul(betas2, v128.load(squares)), newSquare));
    put(means, mean, count);
    put(squares, square, count);
    const denominator = f32x4.add(f32x4.div(f32x4.sqrt(square), rootCorrections), epsilons);
    const step = quotient(f32x4.mul(stepSizes, mean), denominator, mean);
    put(values, f32x4.sub(v128.load(values), step), count);
  }
}

/** numerator / denominator, and zero where `g` is zero: without a gradient there is no step, even if ε is 0. */
function quotient(numerator: v128, denominator: v128, g: v128): v128 {
  return v128.andnot(f32x4.div(numerator, denominator), f32x4.eq(g, f32x4.splat(0)));
}
