import { closest, distance } from 'fastest-levenshtein';

/** Characters of the longest name that is compared letter by letter: the time for two grows with the product of their lengths. */
const longestCompared = 100;

/** Names that are compared with the written one at most; nobody reads more of them anyway. */
const mostCompared = 2000;

const isShort = (name: string): boolean => name.length <= longestCompared;

/**
 * The known name that is most likely meant: one that begins as the written one does, or holds it, comes before one of
 * fewer changed letters, because names are cut short more often than they are mistyped beyond recognition. Only short
 * names are compared, and of very many only the first ones.
 *
 * @param known at least one name
 */
export function nearestName(written: string, known: readonly string[]): string {
  const comparable = isShort(written) ? known.slice(0, mostCompared).filter(isShort) : [];
  if (comparable.length === 0) return known[0] ?? '';
  const plain = written.trim().toLowerCase();
  const candidates = [
    comparable.filter((name) => name.toLowerCase().startsWith(plain)),
    comparable.filter((name) => name.toLowerCase().includes(plain)),
  ];
  const likely = plain === '' ? undefined : candidates.find((names) => names.length > 0);
  return closest(written, likely ?? comparable);
}

/** Whether a known name may well be what was meant: it holds what was written, or at least half of the letters agree. */
export function isLikely(written: string, name: string): boolean {
  if (!isShort(written) || !isShort(name)) return false;
  const [plain, known] = [written.trim().toLowerCase(), name.toLowerCase()];
  return (plain !== '' && known.includes(plain)) || distance(plain, known) <= Math.max(plain.length, known.length) / 2;
}

/** Whether two names differ by at most so many changed letters. */
export function isWithin(letters: number, one: string, other: string): boolean {
  return Math.abs(one.length - other.length) <= letters && isShort(one) && distance(one, other) <= letters;
}

/** The known name of the fewest changed letters; the first one where the written one is too long to be any of them. */
export function closestName(written: string, known: readonly string[]): string {
  return isShort(written) ? closest(written, [...known]) : (known[0] ?? '');
}
