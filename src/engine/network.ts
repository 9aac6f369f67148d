import type { Cell } from './cells/cell';
import { cellNamed } from './cells/registry';
import { Embedding } from './embedding';
import type { KernelSet } from './kernels/kernelSet';
import type { Tensor } from './tensor';
import { Linear } from './linear';
import type { Parameter } from './parameter';
import type { NetworkSpec } from './spec';
import type { Inputs } from './recurrence/window';

/** The weights of one recurrent layer. */
export interface Layer {
  /** W_xh for dense inputs, W_hh of the layer below otherwise: (G·H, I) or (G·H, H). */
  readonly input: Linear;
  /** W_hh (G·H, H) */
  readonly recurrent: Linear;
  readonly biasIh: Parameter;
  readonly biasHh: Parameter;
}

/** Name and shape of every parameter of a net, PyTorch's, in the order of storage. */
export function parameterShapes(
  spec: NetworkSpec,
): readonly { readonly name: string; readonly shape: readonly number[] }[] {
  const rows = cellNamed(spec.cell).gates.length * spec.hidden;
  const shapes: { name: string; shape: readonly number[] }[] = [];
  for (let layer = 0; layer < spec.layers; layer++) {
    const width = layer === 0 ? spec.inputs : spec.hidden;
    shapes.push({ name: `rnn.weight_ih_l${layer}`, shape: [rows, width] });
    shapes.push({ name: `rnn.weight_hh_l${layer}`, shape: [rows, spec.hidden] });
    shapes.push({ name: `rnn.bias_ih_l${layer}`, shape: [rows] });
    shapes.push({ name: `rnn.bias_hh_l${layer}`, shape: [rows] });
  }
  shapes.push({ name: 'head.weight', shape: [spec.outputs, spec.hidden] });
  shapes.push({ name: 'head.bias', shape: [spec.outputs] });
  return shapes;
}

/** Number of trained parameters of a net. */
export function parameterCount(spec: NetworkSpec): number {
  return parameterShapes(spec).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Product of the sizes. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * The parameters of a net, W_xh, W_hh, b_h per layer and W_hy, b_y, in one tensor of values and one of gradients, and
 * the packed weights that every unrolled copy of the net shares.
 */
export class Network {
  readonly cell: Cell;
  /** All parameters, one after the other in the order of `parameters`. */
  readonly values: Tensor;
  /** All gradients, in the same order. */
  readonly gradients: Tensor;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly layers: readonly Layer[];
  /** W_hy (O,H) */
  readonly head: Linear;
  /** b_y (O) */
  readonly headBias: Parameter;
  private readonly symbols: Embedding | undefined;

  /**
   * @param inputs the kind of inputs
   * @param twin a net with the same weights: the new one has its own gradients and shares everything else
   */
  constructor(
    readonly kernels: KernelSet,
    readonly spec: NetworkSpec,
    readonly inputs: Inputs['kind'],
    twin?: Network,
  ) {
    this.cell = cellNamed(spec.cell);
    const shapes = parameterShapes(spec);
    const length = shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    this.values = twin?.values ?? kernels.allocate(length);
    this.gradients = kernels.allocate(length);

    const parameters = new Map<string, Parameter>();
    let from = 0;
    for (const { name, shape } of shapes) {
      const to = from + sizeOf(shape);
      const values = this.values.subarray(from, to);
      parameters.set(name, { name, shape, values, gradient: this.gradients.subarray(from, to) });
      from = to;
    }
    this.parameters = parameters;
    this.layers = Array.from({ length: spec.layers }, (_, layer) => ({
      input: new Linear(kernels, this.parameter(`rnn.weight_ih_l${layer}`), twin?.layers[layer].input),
      recurrent: new Linear(kernels, this.parameter(`rnn.weight_hh_l${layer}`), twin?.layers[layer].recurrent),
      biasIh: this.parameter(`rnn.bias_ih_l${layer}`),
      biasHh: this.parameter(`rnn.bias_hh_l${layer}`),
    }));
    this.head = new Linear(kernels, this.parameter('head.weight'), twin?.head);
    this.headBias = this.parameter('head.bias');
    this.symbols =
      inputs === 'oneHot' ? new Embedding(kernels, this.parameter('rnn.weight_ih_l0'), twin?.symbols) : undefined;
  }

  /** The parameter with that name; throws RangeError, listing the known ones, if there is none. */
  parameter(name: string): Parameter {
    const parameter = this.parameters.get(name);
    if (parameter === undefined) {
      const known = [...this.parameters.keys()].join(', ');
      throw new RangeError(`There is no parameter "${name}" in this net. It has ${known}.`);
    }
    return parameter;
  }

  /** Sets one parameter from a file; throws RangeError for an unknown name or another size or shape. */
  load(name: string, values: ArrayLike<number>, shape?: readonly number[]): void {
    const parameter = this.parameter(name);
    const wanted = parameter.shape.join(', ');
    if (values.length !== sizeOf(parameter.shape) || (shape !== undefined && shape.join(', ') !== wanted)) {
      const found = shape === undefined ? `${values.length} values` : `shape [${shape.join(', ')}]`;
      throw new RangeError(
        `${name} has ${found} in the weights; this net needs [${wanted}]. Check cell, hidden, layers and the data.`,
      );
    }
    parameter.values.set(values);
  }

  /** W_xh for one-hot inputs; throws Error if the net has dense inputs. */
  get embedding(): Embedding {
    if (this.symbols === undefined) throw new Error('This net is run on rows of numbers; it has no embedding.');
    return this.symbols;
  }

  /** Packs the current weights for the forward passes that follow. */
  packForward(): void {
    this.layers.forEach((layer, index) => {
      if (index === 0 && this.inputs === 'oneHot') this.embedding.packForward(layer.biasIh);
      else layer.input.packForward();
      layer.recurrent.packForward();
    });
    this.head.packForward();
  }

  /** Packs the current weights for the backward pass that follows. */
  packBackward(): void {
    this.layers.forEach((layer, index) => {
      if (index > 0) layer.input.packBackward();
      layer.recurrent.packBackward();
    });
    this.head.packBackward();
  }
}
