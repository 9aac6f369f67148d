import * as z from 'zod';
import { choice, described, filledText, namedObject, real, whole } from './fields';

const initializers = {
  uniform: 'U(±1/√H), as PyTorch does.',
  normal: 'N(0, 1).',
  xavier: 'U(±√(6/(in+out))), Glorot & Bengio 2010.',
  orthogonal: 'A random orthogonal matrix: it keeps lengths, Saxe et al. 2014.',
  identity: 'Ones on the diagonal, Le, Jaitly & Hinton 2015.',
} as const;

const init = z
  .strictObject(
    {
      recurrent: choice(
        { title: 'Recurrent weights', text: "How W_hh is drawn, each gate's block by itself." },
        initializers,
        'uniform',
      ),
      input: choice(
        { title: 'Input weights', text: "How W_xh is drawn, each gate's block by itself." },
        initializers,
        'uniform',
      ),
      gain: real({ title: 'Recurrent gain', text: 'W_hh is multiplied by this.' }, { from: 0 }, 1),
      inputGain: real({ title: 'Input gain', text: 'W_xh is multiplied by this.' }, { from: 0 }, 1),
      bias: choice(
        { title: 'Biases', text: 'How the biases are drawn.' },
        { uniform: 'U(±1/√H), as PyTorch does.', zero: 'All zero.' },
        'uniform',
      ),
    },
    {
      error:
        'write an object such as { "recurrent": "orthogonal" }, or delete the key for PyTorch\'s own initialisation',
    },
  )
  .prefault({})
  .meta(
    described({
      title: 'Initialisation',
      text: "How fresh weights are drawn. The default is PyTorch's own: every weight and bias ~ U(±1/√H).",
    }),
  );

const sharedKeys = {
  hidden: whole({ title: 'Hidden units', text: 'Units per layer, H.' }, 1, 16_777_216, 32),
  layers: whole({ title: 'Layers', text: 'Recurrent layers, one on top of the other.' }, 1, 1024, 1),
  init,
  weights: filledText(
    {
      title: 'Start weights',
      text: 'Path of a `.safetensors` file to start from, relative to this file; then neither `init` nor `forgetBias` acts.',
    },
    'the path of a .safetensors file, relative to this file,',
  ).optional(),
};

const cell = <const Name extends string>(name: Name, text: string) =>
  z.literal(name).meta(described({ title: `Cell: ${name}`, text }));

const rnn = z.strictObject({
  cell: cell('rnn', 'The vanilla RNN: h_t = φ(W_xh·x_t + W_hh·h_{t−1} + b_h).'),
  ...sharedKeys,
  activation: choice(
    { title: 'Activation', text: 'φ of the vanilla RNN.' },
    {
      tanh: 'Between −1 and 1; its slope is 1 at 0 and below everywhere else.',
      relu: 'max(0, x): no upper bound.',
      sigmoid: 'Between 0 and 1; its slope is at most ¼.',
      identity: 'A linear net, whose gradients can be followed by hand.',
    },
    'tanh',
  ),
});

const lstm = z.strictObject({
  cell: cell(
    'lstm',
    'Long short-term memory: a cell state c_t kept by a forget gate, c_t = f∘c_{t−1} + i∘g, h_t = o∘tanh c_t.',
  ),
  ...sharedKeys,
  forgetBias: real(
    {
      title: 'Forget bias',
      text: 'Added to the forget rows of `bias_ih` after initialisation, so that the memory starts open (Jozefowicz et al. 2015).',
    },
    { from: -1000, to: 1000 },
    1,
  ),
});

const gru = z.strictObject({
  cell: cell('gru', 'Gated recurrent unit, reset gate applied after the matrix product: h_t = (1−z)∘n + z∘h_{t−1}.'),
  ...sharedKeys,
});

const forms = [rnn, lstm, gru] as const;

/** Name of a recurrent cell, as a file writes it under `model.cell`. */
export type CellName = z.output<(typeof forms)[number]>['cell'];

/** Name of φ of the vanilla RNN, as a file writes it under `model.activation`. */
export type ActivationName = z.output<typeof rnn>['activation'];

/** Every recurrent cell that a file can name, in the order of completions. */
export const cellNames: readonly CellName[] = forms.map(({ shape }) => shape.cell.value);

/** The net: told apart by its cell. */
export const modelSchema = z
  .discriminatedUnion('cell', forms, { error: namedObject('{ "cell": "lstm" }', cellNames) })
  .meta({
    ...described({ title: 'Model', text: 'The recurrent net: its cell and its size.' }),
    defaultSnippets: cellNames.map((name) => ({ label: name, body: { cell: name, hidden: '^${1:32}' } })),
  });
