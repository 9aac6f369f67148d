import type { KeyProblem } from '../../../experiment/problems/problem';
import type { CsvData, ResolvedExperiment } from '../../../experiment/schema/schema';
import { arrange } from '../arrangedTable';
import { summarizeColumns } from '../columnSummary';
import { requestedColumns } from '../csvSource';
import { readTable } from '../csvTable';
import { gapsProblem } from '../gaps';
import { formatFacts, formatLabeledLines, lineWidth } from './previewFacts';
import { rowsAt } from './previewRows';
import { arrangedParts } from './previewArranged';
import { findFormat, namesOf, type FoundFormat, type TableFormat } from '../tableFormat';
import { tableProblem } from '../tableProblems';
import { decodeText, wholeLines, type FileText } from '../../files/textFile';
import { formatCount, formatExact } from '../../../text/numbers';
import { singleLine } from '../../../text/plainText';
import { quote } from '../../../text/quoting';
import { formatTextTable, wrapText } from '../../../text/textTable';

/** Rows and columns that are shown. */
const [maxShownRows, maxShownColumns] = [20, 20];

/** A table that is previewed. */
export interface PreviewedTable {
  /** How the table is written, as the experiment says. */
  readonly written: TableFormat & Pick<CsvData, 'csv'>;
  /** The experiment; undefined for one with problems. */
  readonly experiment: ResolvedExperiment | undefined;
  /** The messages of its problems. */
  readonly problems: readonly string[];
  /** Its bytes; of a large file the first ones. */
  readonly bytes: Uint8Array;
  /** Whether `bytes` are the beginning of the file only. */
  readonly isCut: boolean;
}

/** The first rows of a table as they are read, with what each key of the experiment does, as plain text. */
export function previewTable({ written, experiment, problems, bytes, isCut }: PreviewedTable): string {
  const decoded = decodeText(isCut ? wholeLines(bytes) : bytes, written.csv, ['data', 'csv']);
  const title = `Preview of ${quote(written.csv)}, as the experiment reads it`;
  const known = problems.map(formatProblem);
  if (decoded.kind === 'refused') return sections([title, ...known, ...messagesOf(decoded.problems)]);
  const { text } = decoded;
  const part = isCut ? ['Only the beginning of the file is read here. All numbers below are of this part.'] : [];
  const data = experiment !== undefined && 'csv' in experiment.data ? experiment.data : undefined;
  const outcome: ReadParts =
    experiment === undefined || data === undefined ? { problems: [] } : readParts(experiment, data, text);
  return sections([
    title,
    ...part,
    ...known,
    ...messagesOf(outcome.problems),
    ...(outcome.parts ?? unreadParts(text, written)),
  ]);
}

const messagesOf = (problems: readonly KeyProblem[]): readonly string[] =>
  problems.map(({ message }) => formatProblem(message));

const formatProblem = (message: string): string => wrapText(`✗ ${singleLine(message)}`, lineWidth).join('\n  ');

/** Parts of a text, with an empty line between them. */
const sections = (parts: readonly string[]): string => `${parts.join('\n\n')}\n`;

interface ReadParts {
  /** Why the table cannot be trained on. */
  readonly problems: readonly KeyProblem[];
  /** Undefined if it cannot be read as the experiment says. */
  readonly parts?: readonly string[];
}

function readParts(experiment: ResolvedExperiment, data: CsvData, text: FileText): ReadParts {
  const requested = requestedColumns(experiment, data);
  const read = readTable(text, requested, data);
  const found = findFormat(text, data);
  if (read.kind === 'refused' || found.kind === 'refused') {
    return { problems: read.kind === 'refused' ? read.problems : [] };
  }
  const refused = data.gaps === 'refuse' ? gapsProblem(read.gaps, data.csv) : undefined;
  const table = arrange(data, read);
  const lineOf = (place: number): number => read.lines.lineOf(table.order.rows?.[place] ?? place);
  const problem = tableProblem(data, table, requested, lineOf);
  if (problem !== undefined) return { problems: [...(refused === undefined ? [] : [refused]), problem] };
  const { parts, problem: unusable } = arrangedParts({ data, text, found, table });
  const problems = [refused, unusable].filter((one) => one !== undefined);
  return { problems, parts };
}

/** The parts about a table that cannot be read as the experiment says: its columns and first rows as they are. */
function unreadParts(text: FileText, written: TableFormat & Pick<CsvData, 'csv'>): readonly string[] {
  const found = findFormat(text, written);
  if (found.kind === 'refused') return messagesOf([found.problem]);
  const names = namesOf(text, found.format, written.header);
  return [
    formatLabeledLines(formatFacts(written, found, names.length)),
    columnsPart(text, written),
    rowsPart(text, found, written.header, names),
  ];
}

function columnsPart(text: FileText, written: TableFormat & Pick<CsvData, 'csv'>): string {
  const columns = summarizeColumns(text, written);
  const shown = columns.slice(0, maxShownColumns).map(({ name, detail }) => `${quote(name)}: ${singleLine(detail)}`);
  return `Columns\n\n${[...shown, ...others(columns.length)].join('\n')}`;
}

function rowsPart(
  text: FileText,
  { format }: Extract<FoundFormat, { kind: 'format' }>,
  hasHeader: boolean,
  names: readonly string[],
): string {
  const indices = new Set(Array.from({ length: maxShownRows }, (_, row) => row));
  const rows = [...rowsAt(text, format, hasHeader, indices, maxShownColumns).values()];
  const header = ['line', ...names.slice(0, maxShownColumns).map(singleLine)];
  const table = rows.map(({ line, cells }) => [formatExact(line), ...cells.map(singleLine)]);
  const end = names.length > maxShownColumns ? `\n\n${others(names.length).join('')}` : '';
  return `First ${formatCount(rows.length, 'row')}, as they are in the file\n\n${formatTextTable([header, ...table])}${end}`;
}

/** "and 12 more columns", for a table with more columns than are shown. */
function others(columns: number): readonly string[] {
  const more = columns - maxShownColumns;
  return more > 0 ? [`and ${formatCount(more, 'more column')}`] : [];
}
