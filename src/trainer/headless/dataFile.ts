import { foreignFormat } from '../../data/files/fileFormat';
import { decodeText, wholeLines, type FileText } from '../../data/files/textFile';
import { summarizeColumns } from '../../data/table/columnSummary';
import { looksNumeric } from '../../data/table/csvDelimiter';
import { MalformedRow, rowsOf } from '../../data/table/csvRows';
import { findFormat, namesOf } from '../../data/table/tableFormat';
import { quote } from '../../text/quoting';

/** Endings of the names of data files. */
const tableEnding = /\.(?:csv|tsv|tab)$/i;
const textEnding = /\.(?:txt|text|md|dat|data)$/i;
const otherEnding =
  /\.(?:xlsx?|xlsm|ods|parquet|feather|arrow|npy|npz|h5|hdf5|mat|rds|pkl|pickle|sqlite|db|arff|safetensors|pt|pth|ckpt)$/i;

/** Rows that must have the same number of cells for a text to count as a table. */
const sampleRows = 20;

/**
 * Why a file that is named in place of an experiment is none: it holds data. Undefined if it may be an experiment.
 *
 * @param name of the file, without its folder
 * @param start its first bytes
 * @param isCut whether it has more
 */
export function dataFileProblem(name: string, start: Uint8Array, isCut: boolean): string | undefined {
  if (/\.jsonc?$/i.test(name)) return undefined;
  const foreign = foreignFormat(start, name);
  // An experiment may be in UTF-16.
  if (foreign !== undefined && foreign.name !== 'UTF-16 text') {
    return `${name} is ${foreign.name}, not an experiment. ${foreign.advice} ${namesItsFiles}`;
  }
  if (otherEnding.test(name)) return `${name} is a data file by its name, not an experiment. ${namesItsFiles}`;
  const decoded = decodeText(isCut ? wholeLines(start) : start, name, []);
  if (decoded.kind === 'refused') return undefined;
  const { text } = decoded;
  if (startsAsJson(text)) return undefined;
  if (tableEnding.test(name) || isTable(text))
    return `${name} is a table, not an experiment. ${exampleFor(name, tableKeys(name, text))}`;
  if (!textEnding.test(name)) return undefined;
  return `${name} is a text, not an experiment. ${exampleFor(name, `"text": ${quote(name)}`)}`;
}

const namesItsFiles =
  'An experiment is a *.rnn.json file, which names a table in data.csv, a text in data.text and weights in model.weights; docs/your-data.md shows how.';

function exampleFor(name: string, keys: string): string {
  const stem = name.replace(/\.[^.]*$/, '') || 'experiment';
  return `Write ${stem}.rnn.json beside it, which names it: { "data": { ${keys} }, "model": { "cell": "gru" } }, and train that file; docs/your-data.md has more.`;
}

/** The keys with which a table can be read, with its first column of numbers that does not only number the rows as input. */
function tableKeys(name: string, text: FileText): string {
  const format = { csv: name, delimiter: 'auto', decimal: '.', header: true, missing: [] } as const;
  const columns = summarizeColumns(text, format, true);
  const isHeader = !columns.every((column) => looksNumeric.test(column.name));
  const numbers = [...columns.entries()].filter(([, { kind }]) => kind === 'number');
  const [index, column] = numbers.find(([, { isCounter }]) => !isCounter) ?? numbers[0] ?? [0, columns[0]];
  const input = isHeader ? (column?.name ?? '') : String(index + 1);
  const decimal = columns.some(({ isInOtherNotation }) => isInOtherNotation) ? '"decimal": ",", ' : '';
  return `"csv": ${quote(name)}, ${decimal}${isHeader ? '' : '"header": false, '}"inputs": [${quote(input)}]`;
}

/** Whether a text begins as JSON with comments does. */
function startsAsJson({ pieces }: FileText): boolean {
  for (const piece of pieces()) return /^\s*(?:[{[]|\/[/*])/.test(piece);
  return false;
}

/** Whether the first rows have the same number of cells, at least two, or are single numbers. */
function isTable(text: FileText): boolean {
  const found = findFormat(text, { csv: '', delimiter: 'auto', decimal: '.' });
  if (found.kind === 'refused') return true;
  const width = namesOf(text, found.format, true).length;
  let rows = 0;
  try {
    for (const row of rowsOf(text.pieces(), found.format)) {
      if (row.width === 1 && row.cell(0)?.trim() === '') continue;
      if (row.width !== width || (width === 1 && rows > 0 && !looksNumeric.test(row.cell(0) ?? ''))) return false;
      rows += 1;
      if (rows >= sampleRows) break;
    }
  } catch (error) {
    if (!(error instanceof MalformedRow)) throw error;
    return false;
  }
  return rows > 1;
}
