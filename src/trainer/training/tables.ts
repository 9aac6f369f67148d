import { summarizeColumns } from '../../data/table/columnSummary';
import { previewTable } from '../../data/table/preview/tablePreview';
import { decodeText, wholeLines } from '../../data/files/textFile';
import { parseExperiment } from '../../experiment/parse';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { writtenTable } from '../../experiment/writtenTable';
import type { TableColumnSummary, TableParams } from '../../protocol/trainer';

/** Problems of an experiment that are listed above its table. */
const maxProblems = 5;

/** The preview of the table that an experiment names, as plain text. */
export function previewTableOf({ text, variant, bytes, isCut }: TableParams): string {
  const written = writtenTable(text, variant);
  if (written === undefined) return 'This experiment names no table: write the path of a CSV file in "csv".\n';
  const { experiment, problems } = resolve(text, variant);
  return previewTable({ written, experiment, problems, bytes, isCut });
}

function resolve(
  text: string,
  variant: string | undefined,
): { readonly experiment: ResolvedExperiment | undefined; readonly problems: readonly string[] } {
  const parsed = parseExperiment(text);
  const resolved = parsed.kind === 'experiment' ? parsed.file.resolve(variant) : parsed;
  if (resolved.kind === 'resolved') return { experiment: resolved.experiment, problems: [] };
  return { experiment: undefined, problems: resolved.problems.slice(0, maxProblems).map(({ message }) => message) };
}

/** The columns of the table that an experiment names; none if it can't be read. */
export function columnsOf({ text, variant, bytes, isCut }: TableParams): readonly TableColumnSummary[] {
  const written = writtenTable(text, variant);
  if (written === undefined) return [];
  const decoded = decodeText(isCut ? wholeLines(bytes) : bytes, written.csv, ['data', 'csv']);
  return decoded.kind === 'refused' ? [] : summarizeColumns(decoded.text, written, isCut);
}
