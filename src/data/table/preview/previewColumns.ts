import type { CsvData } from '../../../experiment/schema/schema';
import type { ArrangedTable } from '../arrangedTable';
import { rangeOf, type ValueRange } from '../normalization';
import { formatShortNumber } from '../../../text/numbers';
import { singleLine } from '../../../text/plainText';

/** Columns that are shown. */
const maxColumns = 12;

/** The headers of a rescaling's shift and scale, by the key `normalize`. */
export function scaleNames(normalize: CsvData['normalize']): readonly string[] {
  switch (normalize) {
    case 'standard':
      return ['mean (training)', 'std (training)'];
    case 'minmax':
      return ['lowest (training)', 'range (training)'];
    case 'none':
      return [];
    default:
      return normalize satisfies never;
  }
}

/** An input or target in a preview. */
export interface PreviewColumn {
  readonly name: string;
  readonly roles: readonly ('input' | 'target')[];
  /** (rows): its numbers, which are rescaled later. */
  readonly values: Float64Array;
  /** Before rescaling. */
  readonly range: ValueRange;
  readonly missing: number;
  readonly areClasses: boolean;
  /**
   * The cell of a shown row as it is in the file, and what the net reads.
   *
   * @param inputs the inputs of the windows, rescaled and with their gaps filled
   */
  formatCell(written: string, place: number, inputs: readonly Float64Array[]): string;
}

/**
 * The first inputs and targets of a table, before they are rescaled.
 *
 * @param places the rows that are shown
 */
export function previewColumns(
  data: CsvData,
  { inputs, targets, classNames }: ArrangedTable,
  places: readonly number[],
): readonly PreviewColumn[] {
  const names = [...new Set([...data.inputs, ...data.targets])].slice(0, maxColumns);
  return names.flatMap((name) => {
    const [input, target] = [data.inputs.indexOf(name), data.targets.indexOf(name)];
    const values = inputs[input] ?? targets[target];
    if (values === undefined) return [];
    const gaps = new Set(places.filter((place) => Number.isNaN(values[place] ?? NaN)));
    const areClasses = input < 0 && classNames !== undefined;
    const [isInput, isTarget] = [input >= 0, target >= 0];
    return {
      name,
      roles: [...(isInput ? (['input'] as const) : []), ...(isTarget ? (['target'] as const) : [])],
      values,
      range: rangeOf(values),
      missing: values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0),
      areClasses,
      formatCell: (written, place, filled) => {
        const cell = written === '' ? '(empty)' : singleLine(written);
        if (gaps.has(place)) return `${cell} → ${gapText(data, isInput, isTarget, filled[input], place)}`;
        return areClasses || data.normalize === 'none' ? cell : `${cell} → ${formatShortNumber(values[place] ?? NaN)}`;
      },
    };
  });
}

/** What a missing value becomes. */
function gapText(
  { gaps }: CsvData,
  isInput: boolean,
  isTarget: boolean,
  filled: Float64Array | undefined,
  place: number,
): string {
  switch (gaps) {
    case 'refuse':
      return 'refused';
    case 'skip':
      return 'skipped';
    case 'interpolate':
    case 'mask': {
      const how = gaps === 'mask' ? 'kept' : 'filled in';
      const input = isInput ? [`${formatShortNumber(filled?.[place] ?? NaN)} (${how})`] : [];
      return [...input, ...(isTarget ? ['no loss'] : [])].join(', ');
    }
    default:
      return gaps satisfies never;
  }
}
