import type { LossSpec, NetworkSpec } from '../spec';
import type { Inputs, Window } from './window';

/** The sizes and the kind of inputs of a net, which a window is checked against. */
interface CheckedNetwork {
  readonly spec: NetworkSpec;
  readonly inputs: Inputs['kind'];
}

/**
 * Checks a window against the net and the loss before anything is computed: throws RangeError with the field, its value
 * and the allowed values.
 */
export function checkWindow(window: Window, { spec: network, inputs: kind }: CheckedNetwork, loss: LossSpec): void {
  const { steps, batch, inputs, targets, mask, reset } = window;
  if (!(steps >= 1 && batch >= 1)) {
    throw new RangeError(`A window of ${steps} steps × ${batch} sequences is empty; give at least 1 × 1.`);
  }
  const rows = steps * batch;
  checkLength('mask', mask.length, rows, 'steps × batch');
  checkLength('reset', reset.length, batch, 'batch');

  if (inputs.kind !== kind) {
    throw new RangeError(`The window's inputs are ${inputs.kind}; this net was made for ${kind} inputs.`);
  }
  switch (inputs.kind) {
    case 'dense':
      checkLength('inputs', inputs.values.length, rows * network.inputs, 'steps × batch × inputs');
      break;
    case 'oneHot':
      checkLength('inputs', inputs.indices.length, rows, 'steps × batch');
      for (let row = 0; row < rows; row++) {
        if (!isIndex(inputs.indices[row], network.inputs)) {
          throw new RangeError(describe('input symbol', inputs.indices[row], network.inputs, row, batch));
        }
      }
      break;
    default:
      inputs satisfies never;
  }

  switch (targets.kind) {
    case 'values':
      if (loss.kind !== 'mse') throw new RangeError('crossEntropy needs classes as targets; this window has values.');
      checkLength('targets', targets.values.length, rows * network.outputs, 'steps × batch × outputs');
      break;
    case 'classes':
      if (loss.kind !== 'crossEntropy') throw new RangeError('mse needs values as targets; this window has classes.');
      checkLength('targets', targets.indices.length, rows, 'steps × batch');
      for (let row = 0; row < rows; row++) {
        if (mask[row] !== 0 && !isIndex(targets.indices[row], network.outputs)) {
          throw new RangeError(describe('target class', targets.indices[row], network.outputs, row, batch));
        }
      }
      break;
    default:
      targets satisfies never;
  }
}

/** The first step that has a target in any sequence; `steps` where none has. */
export function firstTarget({ mask, batch, steps }: Pick<Window, 'mask' | 'batch' | 'steps'>): number {
  const row = mask.indexOf(1);
  return row < 0 ? steps : Math.floor(row / batch);
}

/** How many steps of [from, to) have a target, over all sequences. */
export function countTargets(window: Window, from: number, to: number): number {
  let count = 0;
  for (let row = from * window.batch; row < to * window.batch; row++) if (window.mask[row] !== 0) count++;
  return count;
}

function isIndex(value: number, size: number): boolean {
  return value >= 0 && value < size;
}

function checkLength(field: string, found: number, wanted: number, formula: string): void {
  if (found !== wanted) {
    throw new RangeError(`The window's ${field} has ${found} elements; ${formula} asks for ${wanted}.`);
  }
}

function describe(what: string, value: number, size: number, row: number, batch: number): string {
  return `The ${what} at step ${Math.floor(row / batch)}, sequence ${row % batch} is ${value}; it must lie in [0, ${size}).`;
}
