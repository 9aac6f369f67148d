import * as z from 'zod';
import {
  describe,
  boolean,
  choice,
  integer,
  objectAdvice,
  orDefault,
  number,
  requiredNumber,
  requiredInteger,
} from './fields';

const plateau = z
  .strictObject(
    {
      factor: number(
        { title: 'Factor', text: 'The rate is multiplied by it.' },
        { from: 0, to: 1, above: true, below: true },
        0.1,
      ),
      patience: integer(
        {
          title: 'Patience',
          text: 'Losses in a row without improvement that are accepted; the rate is reduced after the next one. They are validation losses, one every `training.validateEvery` updates; without validation, the training losses of all updates.',
        },
        0,
        1_000_000_000,
        10,
      ),
      threshold: number(
        {
          title: 'Threshold',
          text: 'By how much a loss must be below the lowest one before to count as an improvement; see `thresholdMode`.',
        },
        { from: 0 },
        1e-4,
      ),
      thresholdMode: choice(
        {
          title: 'Threshold mode',
          text: 'What the threshold is a part of: `"rel"` of the lowest loss, `"abs"` of nothing.',
        },
        {
          rel: 'An improvement is a loss below best · (1 − threshold).',
          abs: 'An improvement is a loss below best − threshold.',
        },
        'rel',
      ),
      cooldown: integer(
        { title: 'Cooldown', text: 'Losses after a reduction that do not count.' },
        0,
        1_000_000_000,
        0,
      ),
      minLearningRate: number(
        { title: 'Least learning rate', text: 'The rate is not reduced below it (min_lr in PyTorch).' },
        { from: 0 },
        0,
      ),
    },
    { error: 'write an object such as { "factor": 0.1, "patience": 10 }, or {} for the defaults' },
  )
  .meta(
    describe({
      title: 'Plateau',
      text: 'Reduces the rate when the loss has stopped falling, as ReduceLROnPlateau of PyTorch. The loss is the validation loss, where validation is measured, else the training loss of each update.',
    }),
  );

const schedule = z
  .union(
    [
      z.enum(['constant'], { error: 'write "constant"' }),
      z.strictObject({
        exponential: requiredNumber(
          { title: 'Exponential', text: 'The rate at update n is multiplied by rⁿ.' },
          { from: 0, above: true },
        ),
      }),
      z.strictObject({
        cosine: requiredInteger(
          { title: 'Cosine', text: 'The rate is multiplied by ½(1 + cos(π·min(n,s)/s)).' },
          1,
          1_000_000_000,
        ),
      }),
      z.strictObject({
        warmup: requiredInteger(
          { title: 'Warm-up', text: 'The rate is multiplied by min(1, (n+1)/s).' },
          1,
          1_000_000_000,
        ),
      }),
      z.strictObject({ plateau }),
    ],
    {
      error: orDefault(
        '"constant" or exactly one of { "exponential": 0.999 }, { "cosine": 1000 }, { "warmup": 100 }, { "plateau": {} }',
        'constant',
      ),
    },
  )
  .default('constant')
  .meta(describe({ title: 'Schedule', text: 'Factor of the learning rate at update n, counted from 0.' }, 'constant'));

const everyOptimizer = (weightDecay: ReturnType<typeof number>) => ({
  learningRate: number(
    {
      title: 'Learning rate',
      text: 'The step size; it can be changed while the run trains. **Unroll: Find Learning Rate** tests rates and suggests one.',
    },
    { from: 0 },
    0.001,
  ),
  weightDecay,
  schedule,
});
const weightDecay = number(
  { title: 'Weight decay', text: 'L2 penalty added to the clipped gradient, biases too.' },
  { from: 0 },
  0,
);
const epsilon = (defaultValue: number) =>
  number({ title: 'Epsilon', text: 'Added to the denominator for numerical stability.' }, { from: 0 }, defaultValue);
const momentum = number(
  { title: 'Momentum', text: 'Decay factor of the momentum buffer, the running sum of gradients.' },
  { from: 0 },
  0,
);
const share = (title: string, text: string, defaultValue: number) =>
  number({ title, text }, { from: 0, to: 1, below: true }, defaultValue);

const optimizers = {
  sgd: 'Stochastic gradient descent, with optional momentum.',
  adagrad:
    'Adagrad: the step of every parameter is divided by the root of its sum of squared gradients (Duchi et al. 2011).',
  rmsprop: 'RMSprop: like Adagrad, with a running mean of squared gradients (Hinton 2012).',
  adam: 'Adam (Kingma & Ba 2015), the default.',
  adamw: 'AdamW: Adam with decoupled weight decay (Loshchilov & Hutter 2019).',
} as const;
const named = <const Name extends keyof typeof optimizers>(name: Name) =>
  z.literal(name).meta(describe({ title: `Optimizer: ${name}`, text: optimizers[name] }));

const sgd = z.strictObject({
  kind: named('sgd'),
  ...everyOptimizer(weightDecay),
  momentum,
  nesterov: boolean({ title: 'Nesterov', text: 'Nesterov momentum; needs a momentum above 0.' }, false),
});
const adagrad = z.strictObject({ kind: named('adagrad'), ...everyOptimizer(weightDecay), epsilon: epsilon(1e-10) });
const rmsprop = z.strictObject({
  kind: named('rmsprop'),
  ...everyOptimizer(weightDecay),
  epsilon: epsilon(1e-8),
  decay: share('Decay', 'Decay factor of the running mean of squared gradients (alpha in PyTorch).', 0.99),
  momentum,
});
const adamOptions = {
  epsilon: epsilon(1e-8),
  beta1: share('Beta 1', 'Decay factor of the running mean of gradients.', 0.9),
  beta2: share('Beta 2', 'Decay factor of the running mean of squared gradients.', 0.999),
};
const adam = z.strictObject({
  // `optional` makes a missing kind select adam in the discriminated union; `default` then fills it in.
  kind: z
    .literal('adam')
    .optional()
    .default('adam')
    .meta(describe({ title: 'Optimizer: adam', text: optimizers.adam }, 'adam')),
  ...everyOptimizer(weightDecay),
  ...adamOptions,
});
const adamw = z.strictObject({
  kind: named('adamw'),
  ...everyOptimizer(
    number(
      {
        title: 'Weight decay',
        text: 'Decoupled weight decay λ: every update first subtracts rate · λ · w from each parameter, biases too. It is not part of the gradient, so it is not divided by √v̂.',
      },
      { from: 0 },
      0.01,
    ),
  ),
  ...adamOptions,
});

/** The optimizer, discriminated by its kind; definitions and defaults are those of torch.optim. */
export const optimizerSchema = z
  .discriminatedUnion('kind', [sgd, adagrad, rmsprop, adam, adamw], {
    error: objectAdvice('{ "kind": "adam" }', Object.keys(optimizers)),
  })
  .prefault({})
  .meta({
    ...describe({
      title: 'Optimizer',
      text: 'The optimizer, as PyTorch defines it. Default: adam.',
    }),
    defaultSnippets: Object.keys(optimizers).map((name) => ({
      label: name,
      body: { kind: name, learningRate: '^${1:0.001}' },
    })),
  });
