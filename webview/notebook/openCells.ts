import type { OpenPlace } from '../../src/protocol/panel';
import type { CellTitle } from './cell/cellHelp';

/** The title of each notebook cell that an experiment can name. */
export const openCellTitles: Readonly<Record<NonNullable<OpenPlace['cell']>, CellTitle>> = {
  loss: 'Loss',
  gradient: 'Gradient through time',
  clipping: 'Clipping',
  updateRatio: 'Update ratio',
  horizon: 'Memory horizon',
  diagnosis: 'Diagnosis',
  unrolled: 'Unrolled net',
  stepLoss: 'Loss per step',
  backward: 'Backward through time',
  gradientFlow: 'Gradient flow: which loss reaches which step',
  gradientNorm: 'Clipping at this update',
  update: 'Update',
  whatIf: 'What if',
  output: 'Output',
  run: 'Run',
  gates: 'Gate saturation',
  parameterGradient: 'Gradient norm per parameter',
};
