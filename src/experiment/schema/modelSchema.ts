import * as z from 'zod';
import { cellNames, type CellName } from './cellNames';
import { choice, describe, requiredText, objectAdvice, number, integer } from './fields';

const initializers = {
  uniform: 'U(±1/√H), as PyTorch does.',
  normal: 'N(0, 1).',
  xavier: 'U(±√(6/(in+out))), Glorot & Bengio 2010.',
  orthogonal: 'A random orthogonal matrix, which preserves norms, Saxe et al. 2014.',
  identity: 'Ones on the diagonal, Le, Jaitly & Hinton 2015.',
} as const;

const init = z
  .strictObject(
    {
      recurrent: choice(
        { title: 'Recurrent weights', text: "Distribution of W_hh, for each gate's block separately." },
        initializers,
        'uniform',
      ),
      input: choice(
        { title: 'Input weights', text: "Distribution of W_xh, for each gate's block separately." },
        initializers,
        'uniform',
      ),
      gain: number({ title: 'Recurrent gain', text: 'Factor that W_hh is multiplied by.' }, { from: 0 }, 1),
      inputGain: number({ title: 'Input gain', text: 'Factor that W_xh is multiplied by.' }, { from: 0 }, 1),
      bias: choice(
        { title: 'Biases', text: 'Distribution of the biases.' },
        { uniform: 'U(±1/√H), as PyTorch does.', zero: 'All zero.' },
        'uniform',
      ),
      head: choice({ title: 'Weights of the output layer', text: 'Distribution of W_hy.' }, initializers, 'uniform'),
    },
    {
      error: 'write an object such as { "recurrent": "orthogonal" }, or delete the key for PyTorch\'s initialization',
    },
  )
  .prefault({})
  .meta(
    describe({
      title: 'Initialization',
      text: "Distribution of the initial weights. The default is PyTorch's: every weight and bias ~ U(±1/√H).",
    }),
  );

const weightsFile = requiredText(
  {
    title: 'File of initial weights',
    text: 'Path of a `.safetensors` file with the initial weights, relative to this file.',
  },
  'the path of a .safetensors file, relative to this file,',
);

const prefix = (title: string, module: string) =>
  z
    .string({ error: 'write the first part of the names of the tensors in double quotes, such as "lstm"' })
    .optional()
    .meta(
      describe({
        title,
        text: `What the names of the tensors of ${module} begin with in the file, such as \`"model.lstm"\`; \`""\` for names without a prefix. Default: found, where only one fits.`,
      }),
    );

const weightNames = z
  .strictObject(
    { rnn: prefix('Recurrent layers', '`nn.RNN`, `nn.LSTM` or `nn.GRU`'), head: prefix('Output layer', '`nn.Linear`') },
    { error: 'write an object such as { "rnn": "lstm", "head": "fc" }, or delete the key' },
  )
  .default({})
  .meta(describe({ title: 'Names in the file', text: 'Prefixes of the tensors in the file.' }, {}));

const sharedKeys = {
  hidden: integer({ title: 'Hidden units', text: 'Number of units per layer, H.' }, 1, 16_777_216, 32),
  layers: integer({ title: 'Layers', text: 'Number of stacked recurrent layers.' }, 1, 1024, 1),
  init,
  weights: z
    .union([weightsFile, z.strictObject({ file: weightsFile, names: weightNames })], {
      error:
        'write the path of a .safetensors file, or { "file": "x.safetensors", "names": { "rnn": "lstm", "head": "fc" } }',
    })
    .optional()
    .meta(
      describe({
        title: 'Initial weights',
        text: 'A `.safetensors` file with the initial weights: its path, relative to this file, or its path and the names of its parts. `init` and `forgetBias` then have no effect.',
      }),
    ),
};

const cell = <const Name extends string>(name: Name, text: string) =>
  z.literal(name).meta(describe({ title: `Cell: ${name}`, text }));

const rnn = z.strictObject({
  cell: cell('rnn', 'The vanilla RNN: h_t = φ(W_xh·x_t + W_hh·h_{t−1} + b_h).'),
  ...sharedKeys,
  activation: choice(
    { title: 'Activation', text: 'The activation function φ.' },
    {
      tanh: 'Between −1 and 1; its slope is 1 at 0 and smaller elsewhere.',
      relu: 'max(0, x): no upper bound.',
      sigmoid: 'Between 0 and 1; its slope is at most ¼.',
      identity: 'Makes the net linear, so that its gradients can be computed by hand.',
    },
    'tanh',
  ),
});

const lstm = z.strictObject({
  cell: cell(
    'lstm',
    'Long short-term memory: a cell state c_t controlled by a forget gate, c_t = f∘c_{t−1} + i∘g, h_t = o∘tanh c_t.',
  ),
  ...sharedKeys,
  forgetBias: number(
    {
      title: 'Forget bias',
      text: "Added to the forget gate's rows of `bias_ih` after initialization, so that the gate starts open (Jozefowicz et al. 2015).",
    },
    { from: -1000, to: 1000 },
    1,
  ),
});

const gru = z.strictObject({
  cell: cell('gru', 'Gated recurrent unit, reset gate applied after the matrix product: h_t = (1−z)∘n + z∘h_{t−1}.'),
  ...sharedKeys,
});

const mgu = z.strictObject({
  cell: cell(
    'mgu',
    'Minimal gated unit (Zhou et al. 2016): one gate both resets the candidate and writes it, h_t = (1−f)∘h_{t−1} + f∘n.',
  ),
  ...sharedKeys,
});

const formOf = { rnn, lstm, gru, mgu } satisfies Readonly<Record<CellName, unknown>>;
const forms = [formOf.rnn, formOf.lstm, formOf.gru, formOf.mgu] as const;

/** Name of φ of the vanilla RNN, as a file writes it under `model.activation`. */
export type ActivationName = z.output<typeof rnn>['activation'];

/** The net: discriminated by its cell. */
export const modelSchema = z
  .discriminatedUnion('cell', forms, { error: objectAdvice('{ "cell": "lstm" }', cellNames) })
  .meta({
    ...describe({ title: 'Model', text: 'The recurrent net: its cell and its size.' }),
    defaultSnippets: cellNames.map((name) => ({ label: name, body: { cell: name, hidden: '^${1:32}' } })),
  });
