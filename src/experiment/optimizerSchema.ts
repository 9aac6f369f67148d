import * as z from 'zod';
import { described, flag, namedObject, orDelete, real, requiredReal, requiredWhole } from './fields';

const schedule = z
  .union(
    [
      z.enum(['constant'], { error: 'write "constant"' }),
      z.strictObject({
        exponential: requiredReal(
          { title: 'Exponential', text: 'The rate at update n is multiplied by rⁿ.' },
          { from: 0, above: true },
        ),
      }),
      z.strictObject({
        cosine: requiredWhole(
          { title: 'Cosine', text: 'The rate is multiplied by ½(1 + cos(π·min(n,s)/s)).' },
          1,
          1_000_000_000,
        ),
      }),
      z.strictObject({
        warmup: requiredWhole(
          { title: 'Warm-up', text: 'The rate is multiplied by min(1, (n+1)/s).' },
          1,
          1_000_000_000,
        ),
      }),
    ],
    {
      error: orDelete(
        '"constant" or exactly one of { "exponential": 0.999 }, { "cosine": 1000 }, { "warmup": 100 }',
        'constant',
      ),
    },
  )
  .default('constant')
  .meta(
    described({ title: 'Schedule', text: 'What the learning rate is multiplied by at update n, from 0.' }, 'constant'),
  );

const everyOptimizer = {
  learningRate: real(
    { title: 'Learning rate', text: 'The step size; it can be changed while the run goes on.' },
    { from: 0 },
    0.001,
  ),
  weightDecay: real(
    { title: 'Weight decay', text: 'L2 penalty added to the clipped gradient, biases too.' },
    { from: 0 },
    0,
  ),
  schedule,
};
const epsilon = (standard: number) =>
  real({ title: 'Epsilon', text: 'Added to the denominator, so that it is never 0.' }, { from: 0 }, standard);
const momentum = real(
  { title: 'Momentum', text: 'How much of the buffer of earlier gradients is kept.' },
  { from: 0 },
  0,
);
const share = (title: string, text: string, standard: number) =>
  real({ title, text }, { from: 0, to: 1, below: true }, standard);

const optimizers = {
  sgd: 'Gradient descent, with momentum if asked for.',
  adagrad: 'Adagrad: every parameter slows down by its own sum of squared gradients (Duchi et al. 2011).',
  rmsprop: 'RMSprop: as Adagrad, with a running mean (Hinton 2012).',
  adam: 'Adam (Kingma & Ba 2015), the default.',
} as const;
const named = <const Name extends keyof typeof optimizers>(name: Name) =>
  z.literal(name).meta(described({ title: `Optimizer: ${name}`, text: optimizers[name] }));

const sgd = z.strictObject({
  kind: named('sgd'),
  ...everyOptimizer,
  momentum,
  nesterov: flag({ title: 'Nesterov', text: 'Look ahead along the momentum; needs a momentum above 0.' }, false),
});
const adagrad = z.strictObject({ kind: named('adagrad'), ...everyOptimizer, epsilon: epsilon(1e-10) });
const rmsprop = z.strictObject({
  kind: named('rmsprop'),
  ...everyOptimizer,
  epsilon: epsilon(1e-8),
  decay: share('Decay', 'How much of the running mean of squared gradients is kept (PyTorch calls it alpha).', 0.99),
  momentum,
});
const adam = z.strictObject({
  // `optional` puts "no kind" beside "adam" in the table of kinds, `default` then writes it out.
  kind: z
    .literal('adam')
    .optional()
    .default('adam')
    .meta(described({ title: 'Optimizer: adam', text: optimizers.adam }, 'adam')),
  ...everyOptimizer,
  epsilon: epsilon(1e-8),
  beta1: share('Beta 1', 'How much of the running mean of gradients is kept.', 0.9),
  beta2: share('Beta 2', 'How much of the running mean of squared gradients is kept.', 0.999),
});

/** The optimizer, told apart by its kind; definitions and defaults are those of torch.optim. */
export const optimizerSchema = z
  .discriminatedUnion('kind', [sgd, adagrad, rmsprop, adam], {
    error: namedObject('{ "kind": "adam" }', Object.keys(optimizers)),
  })
  .prefault({})
  .meta({
    ...described({
      title: 'Optimizer',
      text: "How the gradient becomes an update, by PyTorch's definitions. Default: adam.",
    }),
    defaultSnippets: Object.keys(optimizers).map((name) => ({
      label: name,
      body: { kind: name, learningRate: '^${1:0.001}' },
    })),
  });
