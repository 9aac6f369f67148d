import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { DataPart } from './dataPart';
import { fill } from './python';
import cellGru from './pytorch/cell_gru.py';
import cellLstm from './pytorch/cell_lstm.py';
import cellMgu from './pytorch/cell_mgu.py';
import cellRnn from './pytorch/cell_rnn.py';
import memoryModule from './pytorch/memory_module.py';
import memorySteps from './pytorch/memory_steps.py';
import netModule from './pytorch/net_module.py';
import netSteps from './pytorch/net_steps.py';

const activations = {
  tanh: 'torch.tanh(total)',
  relu: 'torch.relu(total)',
  sigmoid: 'torch.sigmoid(total)',
  identity: 'total',
};

const cells = {
  rnn: { text: cellRnn, gates: 1, states: 1 },
  lstm: { text: cellLstm, gates: 4, states: 2 },
  gru: { text: cellGru, gates: 3, states: 1 },
  mgu: { text: cellMgu, gates: 2, states: 1 },
};

/**
 * The part of a program about the net: PyTorch's own layers where they can do the same.
 *
 * @param isWrittenOut whether backpropagation through time is to be seen, also where PyTorch's layers could do it
 */
export function netPartOf(
  { model, clip, bptt }: ResolvedExperiment,
  isWrittenOut: boolean,
): Pick<DataPart, 'constants' | 'parts'> & { readonly isModule: boolean } {
  const activation = model.activation ?? 'tanh';
  const isHiddenClip = clip !== null && 'hidden' in clip;
  const reachesBack = bptt !== 'full' && bptt.backward > bptt.forward;
  const isModule = model.cell === 'rnn' ? activation === 'tanh' || activation === 'relu' : model.cell !== 'mgu';
  if (isModule && !isHiddenClip && !reachesBack && !isWrittenOut) {
    const name = model.cell.toUpperCase();
    const nonlinearity = activation === 'relu' ? ', nonlinearity="relu"' : '';
    const layers = `torch.nn.${name}(INPUTS, HIDDEN, num_layers=LAYERS${model.cell === 'rnn' ? nonlinearity : ''})`;
    return { isModule: true, constants: {}, parts: [fill(netModule, { MODULE: layers })] };
  }
  const { text, gates, states } = cells[model.cell];
  const cell = fill(text, { ACTIVATION: activations[activation] });
  const constants = {
    GATES: gates,
    STATES: states,
    HIDDEN_CLIP: isHiddenClip ? clip.hidden : null,
    REACHES_BACK: reachesBack,
  };
  return { isModule: false, constants, parts: [cell, netSteps] };
}

/** What a program keeps and records of its net, of PyTorch's own layers or written out. */
export function memoryOf(isModule: boolean): string {
  return isModule ? memoryModule : memorySteps;
}
