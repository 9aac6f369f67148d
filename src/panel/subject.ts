import { Uri } from 'vscode';
import * as z from 'zod/mini';
import { uriText } from '../platform/uriText';
import type { Target } from '../session/sessions';

/** The subject of a panel: an experiment with one of its variants and seeds, or a stored run. */
export type Subject =
  { readonly kind: 'experiment'; readonly target: Target } | { readonly kind: 'run'; readonly folder: Uri };

/** The serialized form of a subject, which survives a reload of the window. */
export const savedSubjectSchema = z.object({
  uri: uriText,
  variant: z.optional(z.string()),
  seed: z.optional(z.number()),
  folder: z.optional(uriText),
});

/** See savedSubjectSchema. */
export type SavedSubject = Readonly<z.infer<typeof savedSubjectSchema>>;

/** A key that is equal for subjects that belong in the same panel. */
export function keyOf(subject: Subject): string {
  switch (subject.kind) {
    case 'experiment':
      return subject.target.uri.toString();
    case 'run':
      return `run ${subject.folder.toString()}`;
    default:
      return subject satisfies never;
  }
}

/** Deserializes a subject. */
export function restoreSubject({ uri, variant, seed, folder }: SavedSubject): Subject {
  if (folder !== undefined) return { kind: 'run', folder: Uri.parse(folder) };
  return { kind: 'experiment', target: { uri: Uri.parse(uri), variant, seed } };
}

/** Serializes a subject. */
export function saveSubject(subject: Subject): SavedSubject {
  switch (subject.kind) {
    case 'experiment': {
      const { uri, variant, seed } = subject.target;
      return {
        uri: uri.toString(),
        ...(variant === undefined ? {} : { variant }),
        ...(seed === undefined ? {} : { seed }),
      };
    }
    case 'run':
      return { uri: subject.folder.toString(), folder: subject.folder.toString() };
    default:
      return subject satisfies never;
  }
}
