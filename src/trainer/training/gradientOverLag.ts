import { shareAtLag } from '../../engine/instruments/memoryHorizon';
import { PerLossGradients } from '../../engine/instruments/perLossGradients';
import { openKernels, runnableKernelSets } from '../../engine/kernels/open';
import { sequenceOf } from '../../engine/recurrence/window';
import type { TrainingSetup } from './trainingSetup';

/** Maximum number of multiplications: about a second. */
const maxMultiplications = 1e9;

/**
 * The share of the gradient that `lag` steps back leave in the top layer, of the first held-out sequence and with the
 * present parameters: the median over the losses of ‖∂L_t/∂h_{t−lag}‖ / ‖∂L_t/∂h_t‖, or of the same of c_t where that is
 * larger. Each loss is backpropagated by itself, so that the gradients of nearer losses don't hide it.
 *
 * @returns undefined where no loss has such a step, or where it would take too long
 */
export function gradientOverLag(
  { source, options, kernels, learner, cell, experiment }: TrainingSetup,
  lag: number,
): number | undefined {
  const [batch] = source.validation();
  if (batch === undefined) return undefined;
  const { hidden, layers } = options.network;
  if ((batch.steps ** 2 / 2) * cell.gates.length * hidden ** 2 * layers > maxMultiplications) return undefined;
  const window = sequenceOf(batch, 0);
  const own = openKernels(runnableKernelSets().find((set) => set === kernels.name) ?? 'reference');
  const gradients = new PerLossGradients(own, options.network, window.inputs.kind, window.steps);
  for (const [name, { values }] of learner.parameters) gradients.load(name, values);
  const initial = Array.from({ length: layers }, () => cell.state.map(() => new Float64Array(hidden)));
  const { h, c } = gradients.matrices({ window, initial, weight: 1 }, experiment.loss, layers - 1);
  const shares = [h, c].flatMap((matrix) => (matrix === undefined ? [] : [shareAtLag(matrix, window.steps, lag)]));
  const largest = Math.max(...shares);
  return Number.isNaN(largest) ? undefined : largest;
}
