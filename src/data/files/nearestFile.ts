import { isLikely, nearestName } from '../../experiment/problems/nearestName';
import { quote } from '../../text/quoting';

/** Maximum number of names of a folder that are compared. */
export const maxSiblings = 1000;

const general = 'Write a path relative to this experiment file, such as "data/text.txt".';

const webAddress =
  'A web address cannot be read: download the file, and write its path relative to this experiment file.';

/** What to write for a file that was not found, and the path that was probably meant. */
export interface MissingFileAdvice {
  readonly advice: string;
  readonly path: string | undefined;
}

/**
 * What to write for a file that was not found.
 *
 * @param siblings names of the files in the folder that the path names
 * @param existsWithSlashes whether the path names a file once its backslashes are slashes
 */
export function missingFileAdvice(
  path: string,
  siblings: readonly string[],
  existsWithSlashes: boolean,
): MissingFileAdvice {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(path)) return { advice: webAddress, path: undefined };
  const slashed = path.replaceAll('\\', '/');
  if (existsWithSlashes) return { advice: `Write "/" between folders: ${quote(slashed)}.`, path: slashed };
  const at = slashed.lastIndexOf('/') + 1;
  const [folder, name] = [slashed.slice(0, at), slashed.slice(at)];
  const same = siblings.find((sibling) => looksLike(sibling, name)) ?? onlyOtherEnding(name, siblings);
  const nearest = same ?? (siblings.length === 0 ? '' : nearestName(name, siblings));
  if (same === undefined && !isLikely(name, nearest)) return { advice: general, path: undefined };
  const meant = folder + nearest;
  const question = `Did you mean ${quote(meant)}?`;
  return { advice: same?.normalize() === name.normalize() ? `${question} ${unicodeAdvice}` : question, path: meant };
}

/** Explains two names that look the same but differ in Unicode composition, such as é in one character or in two. */
export const unicodeAdvice = 'It looks the same but has other Unicode characters: copy the name from there.';

/** Whether two names differ at most in case, spaces at the ends and Unicode composition. */
function looksLike(one: string, other: string): boolean {
  const plain = (name: string): string => name.normalize('NFKC').trim().toLowerCase();
  return plain(one) === plain(other);
}

/** The only file whose name differs in its ending alone; undefined if there is none, or if there are several. */
function onlyOtherEnding(name: string, siblings: readonly string[]): string | undefined {
  const stem = (text: string): string => text.replace(/\.[^.]*$/, '').toLowerCase();
  const found = siblings.filter((sibling) => stem(sibling) === stem(name) && !/\.rnn\.jsonc?$/i.test(sibling));
  return stem(name) !== '' && found.length === 1 ? found[0] : undefined;
}
