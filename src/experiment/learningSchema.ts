import { z } from 'zod';
import { choice, described, flag, listed, orDelete, real, requiredReal, requiredWhole, whole } from './fields';

const lossKinds = {
  mse: 'Mean squared error: the targets are numbers.',
  crossEntropy: 'Softmax cross-entropy in nats: the targets are classes.',
} as const;
const lossKindsError = orDelete(`one of ${listed(Object.keys(lossKinds))}`, 'what the data needs');
const lossKind = z.enum(['mse', 'crossEntropy'], { error: lossKindsError }).meta({
  ...described({ title: 'Loss', text: 'Default: what the data needs.' }),
  markdownEnumDescriptions: Object.values(lossKinds),
});

/** The loss as a person may write it: its name alone, or with its reduction. */
export const lossSchema = z
  .union(
    [
      lossKind,
      z.strictObject({
        kind: lossKind.optional(),
        reduction: choice(
          { title: 'Reduction', text: 'How the losses of the steps make one number.' },
          {
            mean: "Divided by the number of targets (and by O for mse), exactly PyTorch's `mean`.",
            sum: 'Summed over the steps, L_0 + L_1 + …, and divided by the batch only.',
          },
          'mean',
        ),
      }),
    ],
    {
      error: 'write "mse", "crossEntropy" or { "kind": …, "reduction": … }, or delete the key for what the data needs',
    },
  )
  .prefault({})
  .meta(
    described({
      title: 'Loss',
      text: 'The loss of the batch is L = Σ_t L_t over the steps that have a target. Default: what the data needs, reduced by `mean`.',
    }),
  );

/** Backpropagation through time: in full or truncated. */
export const bpttSchema = z
  .union(
    [
      z.enum(['full'], { error: 'write "full" or { "forward": …, "backward": … }' }),
      z.strictObject({
        forward: requiredWhole(
          {
            title: 'Steps forward',
            text: 'A sequence is cut into windows of this many steps; the parameters are updated after each.',
          },
          1,
          1_000_000,
        ),
        backward: requiredWhole(
          { title: 'Steps back', text: "How far before the window's end the gradient reaches." },
          1,
          1_000_000,
        ),
      }),
    ],
    { error: orDelete('"full" or { "forward": 100, "backward": 10 }', 'full') },
  )
  .default('full')
  .meta({
    ...described(
      {
        title: 'Backpropagation through time',
        text: '`"full"`, or truncated: `{ "forward": 100, "backward": 10 }` runs 100 steps forward and takes the gradient of the last 10.',
      },
      'full',
    ),
    defaultSnippets: [
      { label: 'full', body: 'full' },
      { label: 'truncated', body: { forward: '^${1:100}', backward: '^${2:10}' } },
    ],
  });

/** Gradient clipping: exactly one kind, or none. */
export const clipSchema = z
  .union(
    [
      z.null(),
      z.strictObject({
        norm: requiredReal(
          {
            title: 'Clip by norm',
            text: "Global norm over all parameters, PyTorch's `clip_grad_norm_`: g *= min(1, c / (‖g‖ + 1e-6)).",
          },
          { from: 0, above: true },
        ),
      }),
      z.strictObject({
        value: requiredReal(
          { title: 'Clip by value', text: 'Every element of the gradient is limited to [−v, v].' },
          { from: 0, above: true },
        ),
      }),
      z.strictObject({
        hidden: requiredReal(
          {
            title: 'Clip inside the recurrence',
            text: 'The total ∂L/∂h_t of every layer is limited to [−v, v], element by element, before it passes on into the cell (near Graves 2013).',
          },
          { from: 0, above: true },
        ),
      }),
    ],
    { error: orDelete('exactly one of { "norm": 1 }, { "value": 0.5 }, { "hidden": 1 }, or null', null) },
  )
  .default(null)
  .meta({
    ...described(
      {
        title: 'Gradient clipping',
        text: 'Exactly one of `{ "norm": 1 }`, `{ "value": 0.5 }` and `{ "hidden": 1 }`, or `null` for none.',
      },
      null,
    ),
    defaultSnippets: [
      { label: 'norm', body: { norm: '^${1:1}' } },
      { label: 'value', body: { value: '^${1:0.5}' } },
      { label: 'hidden', body: { hidden: '^${1:1}' } },
      { label: 'none', body: null },
    ],
  });

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
    error: orDelete(`one of ${listed(Object.keys(optimizers))}`, 'adam'),
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

/** Sequences or lanes per update where the file names no batch and the data has none of its own. */
export const standardBatch = 32;

/** How long to train, and what happens when. */
export const trainingSchema = z
  .strictObject(
    {
      steps: whole({ title: 'Steps', text: 'Parameter updates.' }, 1, 1_000_000_000, 1000),
      batch: requiredWhole(
        {
          title: 'Batch',
          text: `Sequences or lanes per update. Inline sequences are one batch by themselves and refuse this key.\n\nDefault: \`${standardBatch}\`.`,
        },
        1,
        1_000_000,
      ).optional(),
      validateEvery: whole(
        { title: 'Validate every', text: 'Updates from one validation to the next; 0 = never.' },
        0,
        1_000_000_000,
        100,
      ),
      checkpointEvery: whole(
        { title: 'Checkpoint every', text: 'Updates from one checkpoint to the next; 0 = never.' },
        0,
        1_000_000_000,
        500,
      ),
      stopAtLoss: requiredReal(
        { title: 'Stop at loss', text: 'The run ends when the raw training loss is at or below this.' },
        { from: 0 },
      ).optional(),
    },
    { error: 'write an object such as { "steps": 1000 }, or delete the key for the defaults' },
  )
  .prefault({})
  .meta(described({ title: 'Training', text: 'How long to train, and what happens when.' }));

/** What is kept of every update. */
export const recordSchema = z
  .strictObject(
    {
      every: whole(
        {
          title: 'Record every',
          text: 'A full record at every `every`-th update, from update 0. Loss and norms are recorded at every update.',
        },
        1,
        1_000_000_000,
        1,
      ),
    },
    { error: 'write an object such as { "every": 1 }, or delete the key for the default' },
  )
  .prefault({})
  .meta(described({ title: 'Record', text: 'What is kept of every update.' }));
