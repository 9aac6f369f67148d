import type { TextDocument } from 'vscode';
import { readSmallFiles, type SmallFiles } from '../data/fileReading';
import { filesOf } from '../data/source';
import { largestExperimentFile } from '../experiment/sizes';
import type { Parsed } from '../experiment/parse';
import type { CheckedExperiment } from '../protocol/trainer';
import { accessFor } from '../session/dataAccess';
import type { Estimates } from '../session/estimates';

/** Bytes of data files that are read while somebody types. */
const mostReadWhileTyping = 4 * 1024 * 1024;

/** Characters of the longest text that is parsed in the extension host, where every extension waits for it. */
const longestInHost = 64 * 1024;

/** Variants of the most that are resolved in the extension host. */
const mostVariantsInHost = 16;

/** What was parsed of a document, as long as it is not changed. */
const parsedDocuments = new WeakMap<TextDocument, { readonly version: number; readonly parsed: Parsed }>();

/** Whether an experiment is short enough to be parsed in the extension host. */
export function isShort(document: TextDocument): boolean {
  // The text itself is copied whenever it is asked for.
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end) <= longestInHost;
}

/** A short experiment, parsed once for each of its versions; undefined for one that only the trainer parses. */
export async function parsedInHost(document: TextDocument): Promise<Parsed | undefined> {
  if (!isShort(document)) return undefined;
  const { version } = document;
  const known = parsedDocuments.get(document);
  if (known?.version === version) return known.parsed;
  const { parseExperiment } = await import('../experiment/parse');
  const parsed = parseExperiment(document.getText());
  if (document.version === version) parsedDocuments.set(document, { version, parsed });
  return parsed;
}

/**
 * Checks a document, its variants and the small ones of the data files that it names. Only what is short is parsed here;
 * all else is done by the trainer.
 *
 * @throws when the trainer cannot be started, or dies of it
 */
export async function checkDocument(document: TextDocument, estimates: Estimates): Promise<CheckedExperiment> {
  const { uri } = document;
  const text = document.getText();
  const nothing: SmallFiles = { files: new Map(), unreadable: new Map() };
  const parsed = await (isTooLong(text) ? refusedAsTooLong(text) : parsedInHost(document));
  if (parsed?.kind === 'refused') {
    return { problems: parsed.problems, variants: [], paths: [], estimates: new Map() };
  }
  const isChecked = parsed === undefined || parsed.file.variants.length > mostVariantsInHost;
  const first = isChecked ? await estimates.check(uri, { text, ...nothing }) : undefined;
  const paths = first?.paths ?? (parsed?.kind === 'experiment' ? pathsIn(parsed) : []);
  // Without data files all is known already.
  if (first !== undefined && (first.problems.length > 0 || paths.length === 0)) return first;
  const files = await readSmallFiles(paths, accessFor(uri), mostReadWhileTyping);
  return estimates.check(uri, { text, ...files });
}

function isTooLong(text: string): boolean {
  return text.length > largestExperimentFile;
}

/** What the parser says of a text that it does not look into. */
async function refusedAsTooLong(text: string): Promise<Parsed> {
  const { parseExperiment } = await import('../experiment/parse');
  return parseExperiment(text.slice(0, largestExperimentFile + 1));
}

function pathsIn({ file }: Extract<Parsed, { kind: 'experiment' }>): readonly string[] {
  const paths = [undefined, ...file.variants.map(({ name }) => name)].flatMap((variant) => {
    const resolved = file.resolve(variant);
    return resolved.kind === 'resolved' ? filesOf(resolved.experiment).map(({ path }) => path) : [];
  });
  return [...new Set(paths)];
}
