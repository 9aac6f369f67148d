import { Uri } from 'vscode';
import * as z from 'zod';
import type { Target } from '../session/sessions';

/** What a panel is about: an experiment and one of its variants at a time, or one saved run. */
export type Subject =
  { readonly kind: 'experiment'; readonly target: Target } | { readonly kind: 'run'; readonly folder: Uri };

/** A subject as it is saved over a reload of the window. */
export const savedSubjectSchema = z.object({
  uri: z.string(),
  variant: z.string().optional(),
  folder: z.string().optional(),
});

/** See keptSubject. */
export type SavedSubject = Readonly<z.infer<typeof savedSubjectSchema>>;

/** Equal for two subjects that belong in the same panel. */
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

/** The subject that was saved. */
export function restoreSubject({ uri, variant, folder }: SavedSubject): Subject {
  if (folder !== undefined) return { kind: 'run', folder: Uri.parse(folder) };
  return { kind: 'experiment', target: { uri: Uri.parse(uri), variant } };
}

/** What is saved of a subject. */
export function saveSubject(subject: Subject): SavedSubject {
  switch (subject.kind) {
    case 'experiment': {
      const { uri, variant } = subject.target;
      return { uri: uri.toString(), ...(variant === undefined ? {} : { variant }) };
    }
    case 'run':
      return { uri: subject.folder.toString(), folder: subject.folder.toString() };
    default:
      return subject satisfies never;
  }
}
