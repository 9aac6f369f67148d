import { Message } from './protobuf';

/**
 * Nodes, constants, inputs and outputs of an ONNX model. The numbers of fields and types are those of onnx.proto
 * (github.com/onnx/onnx), those of operators in its Operators.md.
 */
export class Graph {
  readonly #nodes: Message[] = [];
  readonly #constants: Message[] = [];
  readonly #inputs: Message[] = [];
  readonly #outputs: Message[] = [];
  #names = 0;

  /** Adds an operator; an empty name stands for an input that is left out. Returns the names of its outputs. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    outputs: number | readonly string[] = 1,
  ): readonly string[] {
    const names =
      typeof outputs === 'number' ? Array.from({ length: outputs }, () => `${operator}_${this.#names++}`) : outputs;
    const node = new Message();
    for (const input of inputs) node.text(1, input);
    for (const output of names) node.text(2, output);
    node.text(3, `${operator}_${this.#names++}`).text(4, operator);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    this.#nodes.push(node);
    return names;
  }

  /** Adds a tensor in single precision, and returns its name. */
  tensor(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    const data = Float32Array.from(values);
    this.#constants.push(constant(name, 1, shape, new Uint8Array(data.buffer)));
    return name;
  }

  /** Adds a list of whole numbers, and returns its name. */
  list(name: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    this.#constants.push(constant(name, 7, [values.length], new Uint8Array(data.buffer)));
    return name;
  }

  /** Names an input of the model; a size that is a text is any size, the same one wherever that text stands. */
  input(name: string, shape: readonly (number | string)[]): void {
    this.#inputs.push(valueInfo(name, shape));
  }

  output(name: string, shape: readonly (number | string)[]): void {
    this.#outputs.push(valueInfo(name, shape));
  }

  /**
   * The bytes of the model.
   *
   * @param opset version of the operators
   */
  model(opset: number, { name, description }: { readonly name: string; readonly description: string }): Uint8Array {
    const graph = new Message();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, name);
    for (const tensor of this.#constants) graph.message(5, tensor);
    graph.text(10, description);
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    return new Message()
      .number(1, irVersion)
      .text(2, 'Unroll')
      .message(7, graph)
      .message(8, new Message().text(1, '').number(2, opset))
      .encoded();
  }
}

/** The version of the file format: that of ONNX 1.10, which opset 14 belongs to. */
const irVersion = 7;

/** A whole number, or lists of floating-point numbers or texts. */
type Attribute = number | { readonly floats: readonly number[] } | readonly string[];

function attribute(name: string, value: Attribute): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.number(3, value).number(20, 2);
  if ('floats' in value) {
    for (const number of value.floats) message.float(7, number);
    return message.number(20, 6);
  }
  for (const text of value) message.text(9, text);
  return message.number(20, 8);
}

/** @param type 1 for single precision, 7 for whole numbers of 64 bits */
function constant(name: string, type: 1 | 7, shape: readonly number[], data: Uint8Array): Message {
  const message = new Message();
  for (const size of shape) message.number(1, size);
  return message.number(2, type).text(8, name).bytes(9, data);
}

function valueInfo(name: string, shape: readonly (number | string)[]): Message {
  const dimensions = new Message();
  for (const size of shape) {
    dimensions.message(1, typeof size === 'number' ? new Message().number(1, size) : new Message().text(2, size));
  }
  const tensor = new Message().number(1, 1).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
