import { Uri, window } from 'vscode';
import { languageId } from '../platform/ids';
import type { ExperimentFile } from '../experiment/experimentFile';
import type { Target } from './sessions';

/**
 * The target of a command's arguments: those of a CodeLens (URI as a string, variant, seed), of an explorer or title menu (a
 * Uri), or without arguments the experiment in the active editor; undefined where that is no experiment.
 */
export function targetOf(first: unknown, second: unknown, third?: unknown): Target | undefined {
  const variant = typeof second === 'string' ? second : undefined;
  const seed = typeof third === 'number' ? third : undefined;
  if (first instanceof Uri) return { uri: first, variant: undefined };
  if (typeof first === 'string') return { uri: Uri.parse(first), variant, seed };
  const document = window.activeTextEditor?.document;
  return document?.languageId === languageId ? { uri: document.uri, variant: undefined } : undefined;
}

/** The targets of an experiment or of one of its variants: one, or one for each of its seeds. */
export function targetsIn(file: ExperimentFile, uri: Uri, variant: string | undefined): readonly Target[] {
  return file.membersOf(variant).map((member) => ({ uri, ...member }));
}
