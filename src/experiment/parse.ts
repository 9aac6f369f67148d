import { readDocument } from './document';
import { ExperimentFile } from './experimentFile';
import type { KeyPath, SourceRange, Problem } from './problem';

export { largestExperimentFile } from './sizes';

/** A file whose experiment and variants can all be run, or everything that is wrong with it, in the file's order. */
export type Parsed =
  | { readonly kind: 'experiment'; readonly file: ExperimentFile }
  | { readonly kind: 'refused'; readonly refusals: readonly Problem[] };

/** Reads an experiment file and checks the experiment and every variant of it. */
export function parseExperiment(text: string): Parsed {
  const read = readDocument(text);
  if (read.kind === 'refused') return read;
  const file = new ExperimentFile(read.document);
  const refusals = file.refusals();
  if (refusals.length === 0) return { kind: 'experiment', file };
  return { kind: 'refused', refusals: [...refusals].sort((one, other) => one.place.offset - other.place.offset) };
}

/** The place of a key in a file; see {@link ExperimentFile.placeOf}. */
export function placeOf(file: ExperimentFile, keyPath: KeyPath, variant?: string): SourceRange {
  return file.placeOf(keyPath, variant);
}
