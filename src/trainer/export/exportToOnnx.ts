import type { CellName } from '../../experiment/schema/cellNames';
import { plainName } from '../../run/displayName';
import type { RunInfo } from '../../run/runInfo';
import type { StoredTensor } from '../../run/storage/safetensors';
import { Graph } from './onnx/graph';

/** The version of ONNX's operators that the models need; onnxruntime has it since 1.9. */
export const onnxOpset = 14;

/** What is known of a trained net. */
export type TrainedNet = Pick<
  RunInfo,
  'name' | 'activation' | 'inputs' | 'hidden' | 'layerCount' | 'outputs' | 'loss'
> & { readonly cell: CellName };

/**
 * A trained net as an ONNX model in single precision.
 *
 * Inputs: `x` [T, B, I], `h0` [L, B, H] and for lstm `c0` [L, B, H]; T and B are any size. Outputs: `y` [T, B, O], the
 * predictions (of classes before the softmax), and the states after the last step, `hn` and for lstm `cn`, to go on from.
 *
 * @param parameters under the names of a checkpoint, `rnn.weight_ih_l0` to `head.bias`
 * @throws RangeError if a parameter is missing or has another shape than the net needs
 */
export function exportToOnnx(net: TrainedNet, parameters: ReadonlyMap<string, StoredTensor>): Uint8Array {
  const { inputs: I, hidden: H, layerCount: L, outputs: O, loss } = net;
  const cell = cells[net.cell](net);
  const G = cell.blocks.length;
  const take = (name: string, ...shape: readonly number[]): StoredTensor => {
    const found = parameters.get(name);
    if (found === undefined) throw new RangeError(`The net has no parameter “${name}”.`);
    if (found.shape.length !== shape.length || found.shape.some((size, n) => size !== shape[n])) {
      throw new RangeError(`“${name}” has the shape [${found.shape.join(', ')}]; the net needs [${shape.join(', ')}].`);
    }
    return found;
  };
  const graph = new Graph();
  const states = cell.hasC ? (['h', 'c'] as const) : (['h'] as const);
  graph.input('x', ['T', 'B', I]);
  for (const state of states) graph.input(`${state}0`, [L, 'B', H]);
  const first = Object.fromEntries(states.map((state) => [state, statesOfLayers(graph, `${state}0`, L)]));
  const last: Record<string, string[]> = { h: [], c: [] };
  let below = 'x';
  for (let l = 0; l < L; l++) {
    const width = l === 0 ? I : H;
    const [wIh, wHh] = [
      take(`rnn.weight_ih_l${l}`, cell.rows * H, width),
      take(`rnn.weight_hh_l${l}`, cell.rows * H, H),
    ];
    const [bIh, bHh] = [take(`rnn.bias_ih_l${l}`, cell.rows * H), take(`rnn.bias_hh_l${l}`, cell.rows * H)];
    const [ran = '', ...lastStates] = graph.add(
      cell.operator,
      [
        below,
        graph.tensor(`W_l${l}`, [1, G * H, width], blocksOf(wIh, cell.blocks, H * width)),
        graph.tensor(`R_l${l}`, [1, G * H, H], blocksOf(wHh, cell.blocks, H * H)),
        graph.tensor(`B_l${l}`, [1, 2 * G * H], [...blocksOf(bIh, cell.blocks, H), ...blocksOf(bHh, cell.blocks, H)]),
        '',
        ...states.map((state) => first[state]?.[l] ?? ''),
      ],
      { hidden_size: H, ...cell.attributes },
      1 + states.length,
    );
    // Y has an axis of directions: [T, 1, B, H].
    below = graph.add('Squeeze', [ran, graph.list(`directions_l${l}`, [1])])[0] ?? '';
    states.forEach((state, n) => last[state]?.push(lastStates[n] ?? ''));
  }
  const weight = take('head.weight', O, H);
  const transposed = Array.from({ length: H * O }, (_, i) => weight.data[(i % O) * H + Math.floor(i / O)] ?? NaN);
  const isSigmoid = loss.output === 'sigmoid';
  const [product = ''] = graph.add('MatMul', [below, graph.tensor('head_weight', [H, O], transposed)]);
  const bias = graph.tensor('head_bias', [O], take('head.bias', O).data);
  const [linear = ''] = graph.add('Add', [product, bias], {}, isSigmoid ? 1 : ['y']);
  if (isSigmoid) graph.add('Sigmoid', [linear], {}, ['y']);
  graph.output('y', ['T', 'B', O]);
  for (const state of states) {
    graph.add('Concat', last[state] ?? [], { axis: 0 }, [`${state}n`]);
    graph.output(`${state}n`, [L, 'B', H]);
  }
  const meaning = loss.kind === 'crossEntropy' ? 'logits, before the softmax' : 'predictions';
  return graph.model(onnxOpset, {
    name: plainName(net.name) || 'net',
    description: `x [T, B, ${I}]: inputs, time first. ${states.map((state) => `${state}0`).join(', ')}: states before the first step, 0 to begin. y [T, B, ${O}]: ${meaning}.`,
  });
}

/** A block of rows of a weight: which of the cell's, and by what it is multiplied. */
interface Block {
  readonly row: number;
  readonly factor: 1 | -1;
}

/** How ONNX computes a cell. */
interface OnnxCell {
  readonly operator: 'RNN' | 'LSTM' | 'GRU';
  /** Blocks of rows of the cell's own weights. */
  readonly rows: number;
  /** The blocks in ONNX's order. */
  readonly blocks: readonly Block[];
  readonly hasC: boolean;
  readonly attributes: Parameters<Graph['add']>[2];
}

const block = (row: number, factor: Block['factor'] = 1): Block => ({ row, factor });

/** The names that ONNX has for the activations of the vanilla RNN; the identity is 1 · x + 0. */
const activations: Readonly<Record<string, OnnxCell['attributes']>> = {
  tanh: { activations: ['Tanh'] },
  relu: { activations: ['Relu'] },
  sigmoid: { activations: ['Sigmoid'] },
  identity: { activations: ['Affine'], activation_alpha: { floats: [1] }, activation_beta: { floats: [0] } },
};

/** ONNX applies the reset gate after the product with R, as PyTorch does, if this is 1. */
const resetAfter = { linear_before_reset: 1 } as const;

const cells: Readonly<Record<CellName, (net: TrainedNet) => OnnxCell>> = {
  rnn: ({ activation }) => ({
    ...{ operator: 'RNN', rows: 1, blocks: [block(0)], hasC: false },
    attributes: activations[activation ?? 'tanh'] ?? {},
  }),
  // i, f, g, o here; i, o, f, c there.
  lstm: () => ({
    ...{ operator: 'LSTM', rows: 4, hasC: true, attributes: {} },
    blocks: [block(0), block(3), block(1), block(2)],
  }),
  // r, z, n here; z, r, h there.
  gru: () => ({
    ...{ operator: 'GRU', rows: 3, hasC: false, attributes: resetAfter },
    blocks: [block(1), block(0), block(2)],
  }),
  // A GRU with r = f and z = 1 − f, which is the sigmoid of the negative.
  mgu: () => ({
    ...{ operator: 'GRU', rows: 2, hasC: false, attributes: resetAfter },
    blocks: [block(0, -1), block(0), block(1)],
  }),
};

/** Each layer's part [1, B, H] of the initial states [L, B, H]. */
function statesOfLayers(graph: Graph, name: string, layers: number): readonly string[] {
  if (layers === 1) return [name];
  const sizes = graph.list(`${name}_sizes`, new Array<number>(layers).fill(1));
  return graph.add('Split', [name, sizes], { axis: 0 }, layers);
}

/** @param size of a block, in numbers */
function blocksOf({ data }: StoredTensor, blocks: readonly Block[], size: number): number[] {
  return blocks.flatMap(({ row, factor }) =>
    Array.from({ length: size }, (_, i) => factor * (data[row * size + i] ?? NaN)),
  );
}
