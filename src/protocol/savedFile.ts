import * as z from 'zod/mini';

/** The files that a page saves of its cells. */
export const savedFileKinds = ['png', 'svg', 'csv'] as const;

/** See savedFileKinds. */
export type SavedFileKind = (typeof savedFileKinds)[number];

/** Most bytes of a file that a page saves. */
const maxBytes = 256 * 1024 * 1024;

/** A file that a page asks its host to save: a page is not trusted. */
export const savedFileSchema = z.object({
  /** What it shows; its name is made of it. */
  title: z.string().check(z.maxLength(200)),
  kind: z.enum(savedFileKinds),
  content: z
    .instanceof(Uint8Array)
    .check(z.refine(({ byteLength }) => byteLength <= maxBytes, 'The file is too large.')),
});

/** See savedFileSchema. */
export type SavedFile = Readonly<z.infer<typeof savedFileSchema>>;
