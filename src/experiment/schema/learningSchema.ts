import * as z from 'zod';
import { choice, describe, orDefault, requiredNumber, requiredInteger, integer } from './fields';
import { quoteAll } from '../../text/quoting';

const lossKinds = {
  mse: 'Mean squared error: the targets are numbers.',
  crossEntropy: 'Softmax cross-entropy in nats: the targets are classes.',
} as const;
const lossKindsError = `write one of ${quoteAll(Object.keys(lossKinds))}, or delete the key to choose it by the data`;
const lossKind = z.enum(['mse', 'crossEntropy'], { error: lossKindsError }).meta({
  ...describe({ title: 'Loss', text: 'Default: `mse` for targets that are numbers, `crossEntropy` for classes.' }),
  markdownEnumDescriptions: Object.values(lossKinds),
});

const outputKinds = {
  linear: 'ŷ_t = W_hy h_t + b_y.',
  sigmoid: 'ŷ_t = σ(W_hy h_t + b_y), for targets between 0 and 1.',
} as const;
const outputKind = z
  .enum(['linear', 'sigmoid'], { error: orDefault(`one of ${quoteAll(Object.keys(outputKinds))}`, 'linear') })
  .meta({
    ...describe(
      {
        title: 'Output',
        text: 'For `mse` only: what is compared with the targets. A sigmoid is between 0 and 1, and so must the targets be; in the training part of a table they are with `"normalize": "minmax"`.',
      },
      'linear',
    ),
    markdownEnumDescriptions: Object.values(outputKinds),
  });

/** The loss: its name alone, or with its reduction and output. */
export const lossSchema = z
  .union(
    [
      lossKind,
      z.strictObject({
        kind: lossKind.optional(),
        reduction: choice(
          { title: 'Reduction', text: 'How the losses of the steps are reduced to one number.' },
          {
            mean: "Divided by the number of targets (and by O for mse), exactly PyTorch's `mean`.",
            sum: 'Summed over the steps, L_0 + L_1 + …, and divided by the batch only.',
          },
          'mean',
        ),
        output: outputKind.optional(),
      }),
    ],
    {
      error: 'write "mse", "crossEntropy" or { "kind": …, "reduction": … }, or delete the key to choose it by the data',
    },
  )
  .prefault({})
  .meta(
    describe({
      title: 'Loss',
      text: 'The loss of the batch is L = Σ_t L_t over the steps that have a target. Default: `mse` for targets that are numbers, `crossEntropy` for classes, with the reduction `mean`.',
    }),
  );

/** Backpropagation through time: in full or truncated. */
export const bpttSchema = z
  .union(
    [
      z.enum(['full'], { error: 'write "full" or { "forward": …, "backward": … }' }),
      z.strictObject({
        forward: requiredInteger(
          {
            title: 'Steps forward',
            text: 'A sequence is split into windows of this many steps; the parameters are updated after each.',
          },
          1,
          1_000_000,
        ),
        backward: requiredInteger(
          { title: 'Steps back', text: 'How many steps the gradient is propagated back from the end of the window.' },
          1,
          1_000_000,
        ),
      }),
    ],
    { error: orDefault('"full" or { "forward": 100, "backward": 10 }', 'full') },
  )
  .default('full')
  .meta({
    ...describe(
      {
        title: 'Backpropagation through time',
        text: '`"full"`, or truncated: `{ "forward": 100, "backward": 10 }` runs 100 steps forward and propagates the gradient back through the last 10.',
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
        norm: requiredNumber(
          {
            title: 'Clip by norm',
            text: "Global norm over all parameters, PyTorch's `clip_grad_norm_`: g *= min(1, c / (‖g‖ + 1e-6)).",
          },
          { from: 0, above: true },
        ),
      }),
      z.strictObject({
        value: requiredNumber(
          { title: 'Clip by value', text: 'Every element of the gradient is limited to [−v, v].' },
          { from: 0, above: true },
        ),
      }),
      z.strictObject({
        hidden: requiredNumber(
          {
            title: 'Clip inside the recurrence',
            text: 'Every element of the total ∂L/∂h_t of every layer is limited to [−v, v] before it is propagated back through the cell (similar to Graves 2013).',
          },
          { from: 0, above: true },
        ),
      }),
    ],
    { error: orDefault('exactly one of { "norm": 1 }, { "value": 0.5 }, { "hidden": 1 }, or null', null) },
  )
  .default(null)
  .meta({
    ...describe(
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

/** The batch size of a file that has none, unless its data are inline sequences. */
export const defaultBatch = 32;

/** How long to train, and how often to validate and to save a checkpoint. */
export const trainingSchema = z
  .strictObject(
    {
      steps: integer({ title: 'Steps', text: 'Number of parameter updates.' }, 1, 1_000_000_000, 1000),
      batch: requiredInteger(
        {
          title: 'Batch',
          text: `Batch size: sequences per update. Not allowed with inline sequences, which are always one batch.\n\nDefault: \`${defaultBatch}\`.`,
        },
        1,
        1_000_000,
      ).optional(),
      validateEvery: integer(
        { title: 'Validate every', text: 'Number of updates between validations; 0 = never.' },
        0,
        1_000_000_000,
        100,
      ),
      checkpointEvery: integer(
        { title: 'Checkpoint every', text: 'Number of updates between checkpoints; 0 = never.' },
        0,
        1_000_000_000,
        500,
      ),
      patience: requiredInteger(
        {
          title: 'Patience',
          text: 'Early stopping: the run stops after so many validations in a row without a new lowest validation loss. The state at the lowest validation loss is kept in `checkpoints/best.safetensors`, with or without this key.',
        },
        1,
        1_000_000_000,
      ).optional(),
      stopAtLoss: requiredNumber(
        { title: 'Stop at loss', text: 'The run stops when the training loss of an update is at or below this value.' },
        { from: 0 },
      ).optional(),
    },
    { error: 'write an object such as { "steps": 1000 }, or delete the key for the defaults' },
  )
  .prefault({})
  .meta(
    describe({ title: 'Training', text: 'How long to train, and how often to validate and to save a checkpoint.' }),
  );

/** What is recorded of every update. */
export const recordSchema = z
  .strictObject(
    {
      every: integer(
        {
          title: 'Record every',
          text: 'A full record, with series through time, at every `every`-th update from update 0. Loss and norms are recorded at every update.',
        },
        1,
        1_000_000_000,
        1,
      ),
    },
    { error: 'write an object such as { "every": 1 }, or delete the key for the default' },
  )
  .prefault({})
  .meta(describe({ title: 'Record', text: 'What is recorded of every update.' }));
