import type { Cell } from './cells/cell';
import type { Tensor } from './tensor';
import type { Network } from './network';
import { matrixShape } from './linear';
import type { RandomSource } from './random';
import type { Initializer, InitSpec } from './spec';

/**
 * Draws fresh parameters in the order of storage. Each gate's block of a recurrent layer's matrices is drawn separately
 * and multiplied by its gain; the head is one block. Biases are U(±1/√H), PyTorch's default, or zero. `forgetBias` is
 * added to the forget rows of every bias_ih afterwards; throws RangeError for a cell without a forget gate.
 */
export function initializeNetwork(
  network: Network,
  init: InitSpec,
  forgetBias: number | undefined,
  random: RandomSource,
): void {
  const { cell, spec } = network;
  const bound = 1 / Math.sqrt(spec.hidden);
  for (const parameter of network.parameters.values()) {
    const { name, shape, values } = parameter;
    if (shape.length === 1) {
      if (init.bias === 'zero') values.fill(0);
      else fillUniform(values, bound, random);
    } else if (name === 'head.weight') {
      fillMatrix(values, spec.outputs, spec.hidden, init.head ?? 'uniform', bound, random);
    } else {
      const recurrent = name.startsWith('rnn.weight_hh');
      const [, columns] = matrixShape(parameter);
      const block = spec.hidden * columns;
      for (let gate = 0; gate < cell.gates.length; gate++) {
        const part = values.subarray(gate * block, (gate + 1) * block);
        fillMatrix(part, spec.hidden, columns, recurrent ? init.recurrent : init.input, bound, random);
        const gain = recurrent ? init.gain : init.inputGain;
        for (let i = 0; i < part.length; i++) part[i] *= gain;
      }
    }
  }
  if (forgetBias !== undefined) addForgetBias(network, forgetBias);
}

/** Whether `forgetBias` applies to the cell. */
export function hasForgetGate(cell: Cell): boolean {
  return cell.gates.some((gate) => gate.role === 'forgetGate');
}

function addForgetBias(network: Network, forgetBias: number): void {
  const { cell, spec } = network;
  if (!hasForgetGate(cell)) {
    throw new RangeError(
      `The cell "${cell.name}" has no forget gate for a forgetBias of ${forgetBias}; leave forgetBias out.`,
    );
  }
  const gate = cell.gates.findIndex(({ role }) => role === 'forgetGate');
  for (const { biasIh } of network.layers) {
    for (let unit = 0; unit < spec.hidden; unit++) biasIh.values[gate * spec.hidden + unit] += forgetBias;
  }
}

function fillMatrix(
  matrix: Tensor,
  rows: number,
  columns: number,
  initializer: Initializer,
  uniformBound: number,
  random: RandomSource,
): void {
  switch (initializer) {
    case 'uniform':
      fillUniform(matrix, uniformBound, random);
      break;
    case 'normal':
      for (let i = 0; i < matrix.length; i++) matrix[i] = random.normal();
      break;
    case 'xavier':
      fillUniform(matrix, Math.sqrt(6 / (rows + columns)), random);
      break;
    case 'orthogonal':
      fillOrthogonal(matrix, rows, columns, random);
      break;
    case 'identity':
      matrix.fill(0);
      for (let i = 0; i < Math.min(rows, columns); i++) matrix[i * columns + i] = 1;
      break;
    default:
      initializer satisfies never;
  }
}

function fillUniform(values: Tensor, bound: number, random: RandomSource): void {
  for (let i = 0; i < values.length; i++) values[i] = (2 * random.uniform() - 1) * bound;
}

/**
 * The orthogonal factor of a matrix of normals whose R has a positive diagonal: uniformly distributed over all
 * orthogonal matrices (Saxe et al. 2014; torch.nn.init.orthogonal_). Orthonormal rows if it is wide, columns if tall.
 */
function fillOrthogonal(matrix: Tensor, rows: number, columns: number, random: RandomSource): void {
  const tall = rows > columns;
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    const drawn = Math.sqrt(dot(vector, vector));
    // Twice is enough (Kahan): the second pass removes the rounding errors of the first.
    for (let pass = 0; pass < 2; pass++) for (const direction of basis) subtractProjection(vector, direction);
    const remaining = Math.sqrt(dot(vector, vector));
    if (remaining < 1e-10 * drawn) continue;
    basis.push(vector.map((value) => value / remaining));
  }
  basis.forEach((vector, index) => {
    for (let i = 0; i < length; i++) matrix[tall ? i * columns + index : index * columns + i] = vector[i];
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function subtractProjection(vector: Float64Array, direction: Float64Array): void {
  const share = dot(vector, direction);
  for (let i = 0; i < vector.length; i++) vector[i] -= share * direction[i];
}
