import * as z from 'zod';
import { choice, described, orDelete, requiredReal, requiredWhole, whole } from './fields';
import { quoteAll } from '../text/quoting';

const lossKinds = {
  mse: 'Mean squared error: the targets are numbers.',
  crossEntropy: 'Softmax cross-entropy in nats: the targets are classes.',
} as const;
const lossKindsError = `write one of ${quoteAll(Object.keys(lossKinds))}, or delete the key for what the data needs`;
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
