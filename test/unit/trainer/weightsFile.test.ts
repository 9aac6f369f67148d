import assert from 'node:assert/strict';
import { filesOf } from '../../../src/data/source';
import { parseExperiment } from '../../../src/experiment/parse';
import { readTensorFile, writeTensorFile, type StoredTensor } from '../../../src/run/storage/safetensors';
import { loadWeights } from '../../../src/trainer/training/weightsFile';
import { exampleTraining } from './exampleTraining';

type Tensors = Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>;

const product = (shape: readonly number[]): number => shape.reduce((size, one) => size * one, 1);
const counted = (shape: readonly number[], from = 0): Tensors[string] => ({
  shape,
  data: Array.from({ length: product(shape) }, (_, index) => from + index / 1000),
});

/** The state_dict of nn.LSTM(2, 4) and nn.Linear(4, 1), with the given prefixes. */
const stateDict = (recurrent = 'rnn.', head = 'head.', layers = 1): Tensors => ({
  ...Object.fromEntries(
    Array.from({ length: layers }, (_, layer) => [
      [`${recurrent}weight_ih_l${layer}`, counted([16, layer === 0 ? 2 : 4], 1)],
      [`${recurrent}weight_hh_l${layer}`, counted([16, 4], 2)],
      [`${recurrent}bias_ih_l${layer}`, counted([16], 3)],
      [`${recurrent}bias_hh_l${layer}`, counted([16], 4)],
    ]).flat() as [string, Tensors[string]][],
  ),
  [`${head}weight`]: counted([1, 4], 5),
  [`${head}bias`]: counted([1], 6),
});

/** The state_dict of nn.LSTMCell: the names of one layer, without its number. */
const cellDict = (prefix: string, inputs = 2): Tensors => ({
  [`${prefix}weight_ih`]: counted([16, inputs], 1),
  [`${prefix}weight_hh`]: counted([16, 4], 2),
  [`${prefix}bias_ih`]: counted([16], 3),
  [`${prefix}bias_hh`]: counted([16], 4),
});
const headDict = { 'fc.weight': counted([1, 4], 5), 'fc.bias': counted([1], 6) };

const fileOf = (tensors: Tensors): Uint8Array =>
  writeTensorFile({
    tensors: new Map(
      Object.entries(tensors).map(([name, { shape, data }]): [string, StoredTensor] => [
        name,
        { dtype: 'F64', shape, data: Float64Array.from(data) },
      ]),
    ),
    metadata: {},
  });

/** A safetensors file whose one tensor has a type that this project does not write. */
function rawFile(name: string, dtype: string, bytes: Uint8Array, length: number): Uint8Array {
  const header = JSON.stringify({ [name]: { dtype, shape: [length], data_offsets: [0, bytes.length] } });
  const file = new Uint8Array(8 + header.length + bytes.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(new TextEncoder().encode(header), 8);
  file.set(bytes, 8 + header.length);
  return file;
}

const learnerOf = (layers = 1) =>
  exampleTraining({ data: { task: 'adding', length: 6 }, model: { cell: 'lstm', hidden: 4, layers } }).setup.learner;
const load = (tensors: Tensors, names: Readonly<Record<string, string>> = {}, layers = 1) => {
  const learner = learnerOf(layers);
  const notices = loadWeights(learner, { path: 'w.safetensors', names }, fileOf(tensors));
  const value = (name: string): readonly number[] => [...(learner.parameters.get(name)?.values ?? [])];
  return { notices, value };
};

describe('A file of weights', () => {
  it('is loaded under the names that this project writes, without notices', () => {
    const { notices, value } = load(stateDict());
    assert.deepEqual(notices, []);
    assert.deepEqual(value('rnn.bias_hh_l0'), counted([16], 4).data);
    assert.deepEqual(value('head.weight'), counted([1, 4], 5).data);
  });

  it('may have other prefixes that fit in one way only, with a notice', () => {
    const { notices, value } = load(stateDict('model.lstm.', 'fc.'));
    assert.deepEqual(value('rnn.weight_ih_l0'), counted([16, 2], 1).data);
    assert.deepEqual(value('head.bias'), counted([1], 6).data);
    assert.deepEqual(notices, [
      'w.safetensors: "model.lstm.*" is loaded as "rnn.*".',
      'w.safetensors: "fc.*" is loaded as "head.*".',
    ]);
    const two = { ...stateDict('a.', 'fc.'), ...stateDict('b.', 'fc.') };
    assert.throws(
      () => load(two),
      /no tensor "rnn\.weight_ih_l0".*Name the part in "weights": \{ "file": …, "names": \{ "rnn": … \} \}, one of "a", "b"\.$/,
    );
    assert.throws(
      () => load({ x: counted([3]) }),
      /Rename its tensors to "rnn\.\*" and "head\.\*", or name their prefixes/,
    );
  });

  it('is loaded under the prefixes that the experiment names, without notices about them', () => {
    const encoder = Object.entries(stateDict('encoder.', 'fc.')).map(
      ([name, { shape, data }]): [string, Tensors[string]] => [name, { shape, data: data.map((value) => -value) }],
    );
    const two = { ...stateDict('decoder.', 'out.fc.'), ...Object.fromEntries(encoder) };
    const { value, notices } = load(two, { rnn: 'decoder', head: 'out.fc.' });
    assert.deepEqual(value('rnn.weight_ih_l0'), counted([16, 2], 1).data);
    assert.deepEqual(value('head.bias'), counted([1], 6).data);
    assert.deepEqual(notices, [
      "w.safetensors: this model doesn't need encoder.weight_ih_l0, encoder.weight_hh_l0, encoder.bias_ih_l0, encoder.bias_hh_l0, fc.weight, fc.bias, which is ignored.",
    ]);
    // A name takes precedence over what is found; one part may be named and the other found.
    assert.deepEqual(load({ ...stateDict('', 'fc.') }, { rnn: '' }).value('rnn.bias_hh_l0'), counted([16], 4).data);
    assert.deepEqual(load(two, { rnn: 'encoder', head: 'fc' }).value('head.bias'), [-6]);
    assert.throws(
      () => load(two, { rnn: 'lstm', head: 'fc' }),
      /no tensor "lstm\.weight_ih_l0".*one of "decoder", "encoder"/,
    );
    // The net of the named part is checked for more layers, others are not.
    const deep = { ...stateDict('a.', 'fc.'), ...stateDict('b.', 'fc.', 2) };
    assert.throws(() => load(deep, { rnn: 'b' }), /more of the net than this model: b\.weight_ih_l1/);
    assert.ok(load(deep, { rnn: 'a' }).notices.length > 0);
  });

  it('is named by its path, or by its path and prefixes, in an experiment file', () => {
    const experimentOf = (weights: unknown) =>
      parseExperiment(JSON.stringify({ data: { task: 'adding' }, model: { cell: 'lstm', weights } }));
    const keyOf = (weights: unknown) => {
      const parsed = experimentOf(weights);
      assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
      const resolved = parsed.file.resolve();
      assert.ok(resolved.kind === 'resolved');
      return filesOf(resolved.experiment);
    };
    assert.deepEqual(keyOf('w.safetensors'), [
      { keyPath: ['model', 'weights'], path: 'w.safetensors', role: 'weights' },
    ]);
    const named = { file: 'w.safetensors', names: { rnn: 'lstm', head: 'fc' } };
    assert.deepEqual(keyOf(named), [{ keyPath: ['model', 'weights', 'file'], path: 'w.safetensors', role: 'weights' }]);
    const messageOf = (weights: unknown): string => {
      const parsed = experimentOf(weights);
      assert.ok(parsed.kind === 'refused');
      assert.equal(parsed.problems.length, 1, JSON.stringify(parsed.problems));
      return parsed.problems[0]?.message ?? '';
    };
    assert.match(messageOf(3), /write the path of a \.safetensors file, or \{ "file": "x\.safetensors", "names"/);
    assert.match(messageOf({ file: 'w', names: { lstm: 'rnn' } }), /"lstm".*"rnn", "head"/);
    assert.match(messageOf({ names: {} }), /"file"/);
    assert.match(messageOf({ file: 'w', names: { rnn: 1 } }), /such as "lstm"/);
  });

  it('is rejected if it has more tensors of the same net', () => {
    assert.throws(
      () => load(stateDict('rnn.', 'head.', 2)),
      /more of the net than this model: rnn\.weight_ih_l1, rnn\.weight_hh_l1, rnn\.bias_ih_l1, rnn\.bias_hh_l1\. Set "layers"/,
    );
    for (const name of ['weight_ih_l0_reverse', 'weight_hr_l0']) {
      assert.throws(
        () => load({ ...stateDict(), [`rnn.${name}`]: counted([16]) }),
        new RegExp(`more of the net.*${name}`),
      );
    }
  });

  it('of a single cell (nn.LSTMCell) is loaded as one layer, with a notice', () => {
    const { notices, value } = load({ ...cellDict('decoder.cell.'), ...headDict });
    assert.deepEqual(value('rnn.weight_ih_l0'), counted([16, 2], 1).data);
    assert.deepEqual(value('rnn.weight_hh_l0'), counted([16, 4], 2).data);
    assert.deepEqual(value('rnn.bias_ih_l0'), counted([16], 3).data);
    assert.deepEqual(value('rnn.bias_hh_l0'), counted([16], 4).data);
    assert.deepEqual(notices, [
      'w.safetensors: the cell "decoder.cell.weight_ih" and so on is loaded as layer 0, "rnn.weight_ih_l0" and so on.',
      'w.safetensors: "fc.*" is loaded as "head.*".',
    ]);
    const { 'rnn.bias_ih': _, 'rnn.bias_hh': __, ...unbiased } = cellDict('rnn.');
    assert.deepEqual(load({ ...unbiased, ...headDict }).notices.slice(-1), [
      'w.safetensors has no rnn.bias_ih, rnn.bias_hh: these biases are 0.',
    ]);
    const { weight_hh: ___, ...incomplete } = cellDict('');
    assert.throws(() => load({ ...incomplete, ...headDict }), /no tensor "weight_hh" of shape \[16, 4\]/);
  });

  it('of cells is rejected if the model has other layers, with the names to write', () => {
    assert.throws(
      () => load({ ...cellDict('cell.'), ...headDict }, {}, 2),
      /^Error: The file has one cell, "cell\.weight_ih" and so on, and this model has more layers\. Set "layers" to 1\.$/,
    );
    const two = { ...cellDict('cells.0.'), ...cellDict('cells.1.', 4), ...headDict };
    for (const layers of [1, 2]) {
      assert.throws(
        () => load(two, {}, layers),
        /^Error: The file has 2 cells: cells\.0, cells\.1\. If they are the layers of one net, rename "cells\.0\.weight_ih" to "rnn\.weight_ih_l0", "cells\.1\.weight_ih" to "rnn\.weight_ih_l1", and so on; to use one of them, name it in "weights"/,
      );
    }
    assert.throws(() => load({ ...cellDict('cell.'), ...headDict }, { rnn: 'lstm' }), /"names".*one of "cell"\.$/);
    assert.deepEqual(load(two, { rnn: 'cells.0' }).value('rnn.bias_hh_l0'), counted([16], 4).data);
  });

  it('is rejected with the shape that is needed, and the advice to transpose a transposed tensor', () => {
    const wrong = (shape: readonly number[]) => ({ ...stateDict(), 'rnn.weight_ih_l0': counted(shape) });
    assert.throws(() => load(wrong([2, 16])), /is of shape \[2, 16\]; this model needs \[16, 2\]\. Transpose it\.$/);
    assert.throws(() => load(wrong([12, 2])), /is of shape \[12, 2\]; this model needs \[16, 2\]\.$/);
  });

  it('may lack the biases of a layer, which are then 0, and may have others, which are ignored; both with a notice', () => {
    const { 'rnn.bias_ih_l0': _, 'rnn.bias_hh_l0': __, ...tensors } = stateDict();
    const { notices, value } = load({ ...tensors, 'norm.running_mean': counted([3]) });
    assert.deepEqual(
      value('rnn.bias_ih_l0'),
      Array.from({ length: 16 }, () => 0),
    );
    assert.deepEqual(notices, [
      'w.safetensors has no rnn.bias_ih_l0, rnn.bias_hh_l0: these biases are 0.',
      "w.safetensors: this model doesn't need norm.running_mean, which is ignored.",
    ]);
    const { 'rnn.bias_ih_l0': ___, ...one } = stateDict();
    assert.throws(() => load(one), /no tensor "rnn\.bias_ih_l0"/);
  });

  it('can’t fill a message with its path or the names of its tensors, nor begin another line', () => {
    const [path, name] = ['w\nFinished: '.padEnd(10_000, 'w'), 'x\nFinished: '.padEnd(10_000, 'x')];
    const learner = learnerOf();
    const bytes = fileOf({ ...stateDict(), [name]: counted([3]) });
    const [notice = ''] = loadWeights(learner, { path, names: {} }, bytes);
    assert.match(notice, /^w\\nFinished: w+…: this model doesn't need x\\nFinished: x+…, which is ignored\.$/);
    assert.ok(notice.length < 250, notice);
  });

  it('is rejected if a number exceeds single precision', () => {
    const huge = { ...stateDict(), 'head.weight': { shape: [1, 4], data: [0, 0, 1e39, 0] } };
    assert.throws(() => load(huge), /"head\.weight" has 1e\+39 at element 2, which is beyond single precision/);
    const infinite = { ...stateDict(), 'head.weight': { shape: [1, 4], data: [0, 0, 0, -Infinity] } };
    assert.throws(() => load(infinite), /has -Infinity at element 3, which is not finite/);
  });

  it('is reported with its format if it has another one', () => {
    const refused = (start: string, path: string): string => {
      const bytes = Uint8Array.from({ length: 100 }, (_, index) => start.padEnd(100, '0').charCodeAt(index));
      let message = '';
      assert.throws(
        () => loadWeights(learnerOf(), { path, names: {} }, bytes),
        (error: Error) => (message = error.message) !== '',
      );
      return message;
    };
    assert.match(
      refused('PK\x03\x04', 'model.pt'),
      /a PyTorch file\. In PyTorch, save the state dict with safetensors/,
    );
    assert.match(refused('version https://git-lfs.github.com/spec/v1', 'w'), /Git LFS pointer.*git lfs pull/);
    assert.match(refused('\x89HDF\r\n', 'w.h5'), /an HDF5 file/);
  });
});

describe('Tensors of half precision', () => {
  it('are read exactly, as by NumPy and PyTorch', () => {
    // numpy: np.array([1, -2, 65504, 2**-24, 2**-14, 0.1, -0.0], '<f2').view('<u2')
    const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 1, 0x400, 0x2e66, 0x8000).buffer);
    const f16 = readTensorFile(rawFile('a', 'F16', halves, 7)).tensors.get('a');
    assert.deepEqual([...(f16?.data ?? [])], [1, -2, 65504, 2 ** -24, 2 ** -14, 0.0999755859375, -0]);
    // bfloat16 is the upper half of binary32: 1, -2, 3.140625 = 0x40490000.
    const upper = new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x4049).buffer);
    const bf16 = readTensorFile(rawFile('a', 'BF16', upper, 3)).tensors.get('a');
    assert.deepEqual([bf16?.dtype, ...(bf16?.data ?? [])], ['F32', 1, -2, 3.140625]);
  });

  it('do not prevent reading beside tensors of other types', () => {
    const { tensors, others } = readTensorFile(rawFile('num_batches_tracked', 'I64', new Uint8Array(8), 1));
    assert.deepEqual([tensors.size, [...others]], [0, [['num_batches_tracked', 'I64']]]);
    assert.throws(() => readTensorFile(rawFile('a', 'F7', new Uint8Array(8), 1)), /unknown type "F7"/);
  });
});
