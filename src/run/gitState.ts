import * as z from 'zod/mini';

/** The object name of a commit in hexadecimal, SHA-1 or SHA-256. */
export const commitName = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** The Git commit that was checked out when a run started. */
export const gitStateSchema = z.object({
  commit: z.string().check(z.regex(commitName)),
  /** Whether tracked files differed from the commit; null where that is not known. */
  isDirty: z.nullable(z.boolean()),
});

/** See gitStateSchema. */
export type GitState = Readonly<z.infer<typeof gitStateSchema>>;

/** Characters of an abbreviated object name, as Git shows it in small repositories. */
const shortLength = 7;

/** A commit as text: `1a2b3c4`, `1a2b3c4 (modified)`. */
export function formatGitState({ commit, isDirty }: GitState): string {
  return `${commit.slice(0, shortLength)}${isDirty === true ? ' (modified)' : ''}`;
}
