/** The notebook cells at which a panel can open, and what each shows. */
export const openCells = {
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
} as const;

/** The name of a notebook cell in an experiment and in a lesson. */
export type OpenCell = keyof typeof openCells;
