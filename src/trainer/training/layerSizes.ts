import type { LearnerOptions } from '../../engine/learner';
import { parameterShapes, sizeOf } from '../../engine/network';
import { optimizerOf } from '../../engine/optimizers/registry';
import type { LayerSize } from '../../protocol/trainer';

/** The size of every layer of a net and of its output layer; see LayerSize. */
export function layerSizes({
  network,
  optimizer,
  kernels,
  steps,
  batch,
  inputs,
}: LearnerOptions): readonly LayerSize[] {
  const perParameter = (2 + optimizerOf(optimizer).slots.length) * kernels.bytesPerElement;
  const sizeOfPart = (name: string, belongs: (parameter: string) => boolean): LayerSize => {
    const own = parameterShapes(network).filter((parameter) => belongs(parameter.name));
    const parameters = own.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    // A one-hot input selects a column of the first matrix.
    const isSelected = (parameter: string): boolean => inputs !== 'dense' && parameter === 'rnn.weight_ih_l0';
    const multiplied = own.filter((parameter) => parameter.shape.length === 2 && !isSelected(parameter.name));
    const multiplyAdds = steps * batch * multiplied.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return { name, parameters, multiplyAdds, bytes: parameters * perParameter };
  };
  const layers = Array.from({ length: network.layers }, (_, layer) =>
    sizeOfPart(`${network.cell} layer ${layer}`, (name) => name.startsWith('rnn.') && name.endsWith(`_l${layer}`)),
  );
  return [...layers, sizeOfPart('output', (name) => name.startsWith('head.'))];
}
