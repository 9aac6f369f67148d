import { Uri, window } from 'vscode';
import { languageId } from '../platform/ids';
import type { Target } from '../session/sessions';

/**
 * The target of a command's arguments: those of a CodeLens (URI as a string, variant), of an explorer or title menu (a
 * Uri), or without arguments the experiment in the active editor; undefined where that is no experiment.
 */
export function targetOf(first: unknown, second: unknown): Target | undefined {
  const variant = typeof second === 'string' ? second : undefined;
  if (first instanceof Uri) return { uri: first, variant: undefined };
  if (typeof first === 'string') return { uri: Uri.parse(first), variant };
  const document = window.activeTextEditor?.document;
  return document?.languageId === languageId ? { uri: document.uri, variant: undefined } : undefined;
}
