import type { TextDocument } from 'vscode';
import { readSmallFiles, type SmallFiles } from '../data/files/fileReading';
import { filesOf } from '../data/source';
import { maxExperimentBytes } from '../experiment/document/sizes';
import type { Parsed } from '../experiment/parse';
import type { CheckedExperiment } from '../protocol/trainer';
import { accessFor } from '../session/dataAccess';
import type { Estimates } from '../session/live/estimates';

/** Maximum number of bytes of data files that are read while the user types. */
const maxBytesReadWhileTyping = 4 * 1024 * 1024;

/** Maximum number of characters of a text that is parsed in the extension host, where parsing blocks every extension. */
const maxCharactersInHost = 64 * 1024;

/** Maximum number of variants of an experiment that is resolved in the extension host. */
const maxVariantsInHost = 16;

/** The last parsed version of each document. */
const parsedDocuments = new WeakMap<TextDocument, { readonly version: number; readonly parsed: Parsed }>();

/** Whether an experiment is short enough to be parsed in the extension host. */
export function isShort(document: TextDocument): boolean {
  // Not getText().length: that copies the text.
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end) <= maxCharactersInHost;
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
 * Checks a document, its variants and its small data files. A short text is parsed here, a longer one by the trainer.
 *
 * @throws when the trainer can't be started, or exits during the check
 */
export async function checkDocument(document: TextDocument, estimates: Estimates): Promise<CheckedExperiment> {
  const { uri } = document;
  const text = document.getText();
  const nothing: SmallFiles = { files: new Map(), large: new Map(), unreadable: new Map() };
  const parsed = await (isTooLong(text) ? tooLongProblem(text) : parsedInHost(document));
  if (parsed?.kind === 'refused') {
    return { problems: parsed.problems, findings: [], variants: [], paths: [], estimates: new Map() };
  }
  const isChecked = parsed === undefined || parsed.file.variants.length > maxVariantsInHost;
  const first = isChecked ? await estimates.check(uri, { text, ...nothing }) : undefined;
  const paths = first?.paths ?? (parsed?.kind === 'experiment' ? pathsIn(parsed) : []);
  // Without data files the first check is complete.
  if (first !== undefined && (first.problems.length > 0 || paths.length === 0)) return first;
  const files = await readSmallFiles(paths, accessFor(uri), maxBytesReadWhileTyping);
  return estimates.check(uri, { text, ...files });
}

function isTooLong(text: string): boolean {
  return text.length > maxExperimentBytes;
}

/**
 * The parser's problem for a text beyond the largest size. It reads only the length, so the start of the text is
 * enough.
 */
async function tooLongProblem(text: string): Promise<Parsed> {
  const { parseExperiment } = await import('../experiment/parse');
  return parseExperiment(text.slice(0, maxExperimentBytes + 1));
}

function pathsIn({ file }: Extract<Parsed, { kind: 'experiment' }>): readonly string[] {
  const paths = [undefined, ...file.variants.map(({ name }) => name)].flatMap((variant) => {
    const resolved = file.resolve(variant);
    return resolved.kind === 'resolved' ? filesOf(resolved.experiment).map(({ path }) => path) : [];
  });
  return [...new Set(paths)];
}
