import { partKey } from './cell/foldablePart';
import { openCellTitles } from './openCells';
import { standardFolded } from '../store/model';

/** The parts of cells that fold by themselves, as they are named in the view. */
const terms = partKey('Backward through time', 'The terms of ∂L/∂W, step by step');
const inputs = partKey('Backward through time', 'The gradient of the inputs');
const paths = partKey('Gradient flow: which loss reaches which step', 'The path through c beside that through h');
const gains = partKey('Gradient flow: which loss reaches which step', 'Gain of each step back');
const elements = partKey('Update', 'Every element of the parameter');
const probabilities = partKey('Output', 'Probability of each sampled symbol');
const text = partKey('Output', 'Text coloured by a unit');
const symbols = partKey('Output', 'The number at each symbol of the coloured text');
const states = partKey('Output', 'Hidden states and their projection');

/** Everything in the notebook that folds: the cells, and the parts that fold by themselves. */
export const foldable: readonly string[] = [
  ...Object.values(openCellTitles),
  terms,
  inputs,
  paths,
  gains,
  elements,
  probabilities,
  text,
  symbols,
  states,
];

/** A selection of cells that are unfolded together, for one purpose. */
export interface CellPreset {
  readonly name: string;
  readonly label: string;
  /** What is folded in it. */
  readonly folded: readonly string[];
}

const preset = (name: string, label: string, unfolded: readonly string[]): CellPreset => ({
  name,
  label,
  folded: foldable.filter((title) => !unfolded.includes(title)),
});

/** The selections that the notebook offers, in their order. */
export const cellPresets: readonly CellPreset[] = [
  { name: 'standard', label: 'Standard', folded: standardFolded },
  preset('byHand', 'One update by hand', [
    'Loss',
    'Unrolled net',
    'Loss per step',
    'Backward through time',
    terms,
    inputs,
    'Clipping at this update',
    'Update',
    elements,
  ]),
  preset('diagnosis', 'Why does it not learn?', [
    'Loss',
    'Gradient through time',
    'Clipping',
    'Update ratio',
    'Memory horizon',
    'Diagnosis',
    'Gate saturation',
    'Gradient norm per parameter',
    'Validation',
    'Gradient flow: which loss reaches which step',
    paths,
    'Clipping at this update',
    'What if',
  ]),
  preset('lecture', 'Lecture', [
    'Loss',
    'Gradient through time',
    'Clipping',
    'Unrolled net',
    'Backward through time',
    'Gradient flow: which loss reaches which step',
  ]),
  { name: 'all', label: 'All cells', folded: [] },
];

/** The preset with exactly these folded cells; undefined where a person has folded or unfolded others. */
export function presetOf(folded: readonly string[]): CellPreset | undefined {
  // What an earlier version folded, and is no longer there, makes no difference.
  const isFolded = new Set(folded.filter((title) => foldable.includes(title)));
  return cellPresets.find(
    (candidate) => candidate.folded.length === isFolded.size && candidate.folded.every((title) => isFolded.has(title)),
  );
}
