import { readDocument } from './document/document';
import { ExperimentFile } from './experimentFile';
import type { KeyPath, SourceRange, Problem } from './problems/problem';

export { maxExperimentBytes } from './document/sizes';

/** A file whose experiment and variants are all valid, or its problems, in the order of the file. */
export type Parsed =
  | { readonly kind: 'experiment'; readonly file: ExperimentFile }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Parses an experiment file, and validates the experiment and each of its variants. */
export function parseExperiment(text: string): Parsed {
  const read = readDocument(text);
  if (read.kind === 'refused') return read;
  const file = new ExperimentFile(read.document);
  const problems = file.problems();
  if (problems.length === 0) return { kind: 'experiment', file };
  return { kind: 'refused', problems: [...problems].sort((one, other) => one.place.offset - other.place.offset) };
}

/** The place of a key in a file; see {@link ExperimentFile.placeOf}. */
export function placeOf(file: ExperimentFile, keyPath: KeyPath, variant?: string): SourceRange {
  return file.placeOf(keyPath, variant);
}
