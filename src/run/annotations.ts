import * as z from 'zod/mini';
import { withoutControls } from '../text/plainText';
import { plainName } from './displayName';
import { english } from '../text/translate';

/** Most tags of a run. */
export const maxTags = 20;

/** Most characters of a tag. */
export const maxTagLength = 40;

/** Most characters of a note. */
export const maxNoteLength = 2000;

/** Maximum size of the file, in bytes. */
export const maxAnnotationsBytes = 64 * 1024;

const schema = z.object({
  tags: z._default(z.array(z.string()), []),
  note: z._default(z.string(), ''),
  isHidden: z._default(z.boolean(), false),
});

/** What a person has noted about a run. */
export interface Annotations {
  /** Each once, without commas. */
  readonly tags: readonly string[];
  /** '' if there is none. */
  readonly note: string;
  /** Whether lists leave the run out. */
  readonly isHidden: boolean;
}

/** Of a run about which nothing is noted. */
export const noAnnotations: Annotations = { tags: [], note: '', isHidden: false };

/**
 * The annotations of a run, from the bytes of their file, which may contain anything: as plain text, each tag once.
 *
 * @returns undefined if the bytes are no annotations; those of a file that does not exist are empty
 */
export function readAnnotations(bytes: Uint8Array | undefined): Annotations | undefined {
  if (bytes === undefined) return noAnnotations;
  try {
    const { data } = schema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (data === undefined) return undefined;
    const note = withoutControls(data.note.slice(0, maxNoteLength), ' ').trim();
    return { tags: tagsOf(data.tags.join(',')), note, isHidden: data.isHidden };
  } catch {
    return undefined;
  }
}

/** The bytes of the file of annotations. */
export function writeAnnotations(annotations: Annotations): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(annotations, undefined, 2)}\n`);
}

/** Whether nothing is noted, so that no file is needed. */
export function isEmpty({ tags, note, isHidden }: Annotations): boolean {
  return tags.length === 0 && note === '' && !isHidden;
}

/** The tags in a text: separated by commas, each once, as plain text. */
export function tagsOf(text: string): readonly string[] {
  const names = text.split(',').map((tag) => plainName(tag).slice(0, maxTagLength).trim());
  return [...new Set(names.filter((tag) => tag !== ''))].slice(0, maxTags);
}

/**
 * Why a text can't be the tags of runs, as a sentence; undefined if it can.
 *
 * @param text as it is typed, separated by commas
 * @param own for each run the tags that it keeps besides
 */
export function problemOfTags(text: string, own: readonly (readonly string[])[] = []): string | undefined {
  const names = text.split(',').map((tag) => tag.trim());
  const long = names.find(({ length }) => length > maxTagLength);
  if (long !== undefined) return english`A tag has at most ${maxTagLength} characters; this one has ${long.length}.`;
  const typed = names.filter((tag) => tag !== '');
  const count = new Set(typed).size;
  if (count > maxTags) return english`A run has at most ${maxTags} tags; these are ${count}.`;
  const most = Math.max(0, ...own.map((kept) => new Set([...typed, ...kept]).size));
  return most > maxTags
    ? english`A run has at most ${maxTags} tags; with those that only some of the runs have, one would have ${most}.`
    : undefined;
}
