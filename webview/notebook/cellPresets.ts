import { openCellTitles } from './openCells';
import { cellParts, partKey } from '../store/cellParts';
import { standardFolded } from '../store/model';
import { translate } from '../../src/text/translate';

/** Everything in the notebook that folds: the cells, and the parts that fold by themselves. */
export const foldable: readonly string[] = [...Object.values(openCellTitles), ...Object.values(cellParts).map(partKey)];

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
  { name: 'standard', label: translate`Standard`, folded: standardFolded },
  preset('byHand', translate`One update by hand`, [
    'Loss',
    'Unrolled net',
    'Loss per step',
    'Backward through time',
    partKey(cellParts.terms),
    partKey(cellParts.inputs),
    'Clipping at this update',
    'Update',
    partKey(cellParts.elements),
  ]),
  preset('diagnosis', translate`Why does it not learn?`, [
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
    partKey(cellParts.paths),
    'Clipping at this update',
    'What if',
  ]),
  preset('lecture', translate`Lecture`, [
    'Loss',
    'Gradient through time',
    'Clipping',
    'Unrolled net',
    'Backward through time',
    'Gradient flow: which loss reaches which step',
  ]),
  { name: 'all', label: translate`All cells`, folded: [] },
];

/** The preset with exactly these folded cells; undefined where a person has folded or unfolded others. */
export function presetOf(folded: readonly string[]): CellPreset | undefined {
  // What an earlier version folded, and is no longer there, makes no difference.
  const isFolded = new Set(folded.filter((title) => foldable.includes(title)));
  return cellPresets.find(
    (candidate) => candidate.folded.length === isFolded.size && candidate.folded.every((title) => isFolded.has(title)),
  );
}
