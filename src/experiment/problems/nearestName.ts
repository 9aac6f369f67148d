import { closest, distance } from 'fastest-levenshtein';

/**
 * Characters of the longest name that is compared letter by letter: the time for two grows with the product of their
 * lengths.
 */
const maxComparedLength = 100;

/** Maximum number of names that are compared with the given one. */
const maxCompared = 2000;

const isShort = (name: string): boolean => name.length <= maxComparedLength;

/**
 * The known name that is most likely meant: one that starts with the given one, or contains it, comes before one with a
 * smaller edit distance, because names are abbreviated more often than mistyped beyond recognition. Only short names are
 * compared, and of very many only the first ones.
 *
 * @param known at least one name
 */
export function nearestName(written: string, known: readonly string[]): string {
  const comparable = isShort(written) ? known.slice(0, maxCompared).filter(isShort) : [];
  if (comparable.length === 0) return known[0] ?? '';
  const plain = written.trim().toLowerCase();
  const candidates = [
    comparable.filter((name) => name.toLowerCase().startsWith(plain)),
    comparable.filter((name) => name.toLowerCase().includes(plain)),
  ];
  const likely = plain === '' ? undefined : candidates.find((names) => names.length > 0);
  return closest(written, likely ?? comparable);
}

/** Whether a known name is probably meant: it contains the given one, or at least half of the letters agree. */
export function isLikely(written: string, name: string): boolean {
  if (!isShort(written) || !isShort(name)) return false;
  const [plain, known] = [written.trim().toLowerCase(), name.toLowerCase()];
  return (plain !== '' && known.includes(plain)) || distance(plain, known) <= Math.max(plain.length, known.length) / 2;
}

/** Whether the edit distance of two names is at most `letters`. */
export function isWithinDistance(letters: number, one: string, other: string): boolean {
  return Math.abs(one.length - other.length) <= letters && isShort(one) && distance(one, other) <= letters;
}

/** The known name with the smallest edit distance; the first one if the given name is too long to be compared. */
export function closestName(written: string, known: readonly string[]): string {
  return isShort(written) ? closest(written, [...known]) : (known[0] ?? '');
}
