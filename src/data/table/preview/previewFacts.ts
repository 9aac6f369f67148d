import type { CsvData } from '../../../experiment/schema/schema';
import { missingTexts } from '../csvCell';
import type { FoundFormat, TableFormat } from '../tableFormat';
import { formatCount, formatExact } from '../../../text/numbers';
import { singleLine } from '../../../text/plainText';
import { quote } from '../../../text/quoting';
import { wrapText } from '../../../text/textTable';

/** A line of a preview: what it is about, and what was found or done. */
export type LabeledLine = readonly [label: string, text: string];

/** Characters of a line of prose: an editor beside another one shows about so many. */
export const lineWidth = 72;

/** Lines with their labels in one column. */
export function formatLabeledLines(lines: readonly LabeledLine[]): string {
  const width = Math.max(...lines.map(([label]) => label.length));
  const indented = `\n${' '.repeat(width + 2)}`;
  return lines
    .map(([label, text]) => `${label.padEnd(width)}  ${wrapText(singleLine(text), lineWidth).join(indented)}`)
    .join('\n');
}

const delimiterNames: Readonly<Record<Exclude<CsvData['delimiter'], 'auto'>, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'vertical bar',
  ' ': 'blanks',
};

const delimiterSources = {
  key: 'as "delimiter" says',
  line: 'as the first line of the file says',
  rows: 'found in the first rows',
} as const;

/** The lines about how a table is written. */
export function formatFacts(
  { decimal, header, missing }: TableFormat,
  { delimiter, source }: Extract<FoundFormat, { kind: 'format' }>,
  columns: number,
): readonly LabeledLine[] {
  const also = missing.length === 0 ? '' : `; also ${formatMissing(missing)} ("missing")`;
  return [
    ['delimiter', `${delimiterNames[delimiter]}, ${delimiterSources[source]}`],
    ['decimal', decimal === ',' ? 'decimal comma' : 'decimal point'],
    [
      'header',
      header ? 'the first row has the names of the columns' : `none: the columns are "1" to "${formatExact(columns)}"`,
    ],
    ['columns', formatCount(columns, 'column')],
    ['missing', `empty cells, ${missingTexts.filter((text) => text !== '').join(', ')}${also}`],
  ];
}

/** Further texts and numbers for missing values that are listed. */
const maxMissing = 10;

function formatMissing(missing: CsvData['missing']): string {
  const shown = missing.slice(0, maxMissing).map((value) => (typeof value === 'string' ? quote(value) : String(value)));
  const more = missing.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${formatCount(more, 'other')}` : ''}`;
}

/** What happens with missing values, by the key `gaps`. */
export const gapEffects: Readonly<Record<CsvData['gaps'], string>> = {
  refuse: 'training does not start',
  skip: 'no window contains one',
  mask: 'a missing target has no loss; a missing input keeps its last value, and a further input says where',
  interpolate: 'a missing target has no loss; a missing input is on a straight line between the values around it',
};

/** How columns are rescaled, by the key `normalize`. */
export const scalingEffects: Readonly<Record<CsvData['normalize'], string>> = {
  standard: 'value minus mean, divided by the standard deviation, both of the training part',
  minmax: 'the training part spans 0 to 1',
  none: 'the numbers as they are in the file',
};

/** A name in quotes, with its key: '"date" ("time")'. */
export const namedBy = (name: string, key: string): string => `${quote(name)} ("${key}")`;
