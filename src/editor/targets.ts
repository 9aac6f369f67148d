import { Uri, window } from 'vscode';
import { languageId } from '../platform/ids';
import type { Target } from '../session/sessions';

/**
 * The target in a command's arguments: from a CodeLens (uri as text, variant), from an explorer or title menu (a Uri), or
 * else the experiment in the active editor.
 */
export function targetOf(first: unknown, second: unknown): Target | undefined {
  const variant = typeof second === 'string' ? second : undefined;
  if (first instanceof Uri) return { uri: first, variant: undefined };
  if (typeof first === 'string') return { uri: Uri.parse(first), variant };
  const document = window.activeTextEditor?.document;
  return document?.languageId === languageId ? { uri: document.uri, variant: undefined } : undefined;
}
