import type { OpenCell, openCells } from '../../src/experiment/schema/openCells';
import type { CellTitle } from './cell/cellHelp';

/**
 * The title of each notebook cell that an experiment or a lesson can name: one of the notebook's own, and by its type that
 * of the schema, whose values a page does not load.
 */
export const openCellTitles: typeof openCells & Readonly<Record<OpenCell, CellTitle>> = {
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
  validation: 'Validation',
};
