import { closest, distance } from 'fastest-levenshtein';

/**
 * The known name that is most likely meant: one that begins as the written one does, or holds it, comes before one of
 * fewer changed letters, because names are cut short more often than they are mistyped beyond recognition.
 *
 * @param known at least one name
 */
export function nearestName(written: string, known: readonly string[]): string {
  const plain = written.trim().toLowerCase();
  const candidates = [
    known.filter((name) => name.toLowerCase().startsWith(plain)),
    known.filter((name) => name.toLowerCase().includes(plain)),
  ];
  const likely = plain === '' ? undefined : candidates.find((names) => names.length > 0);
  return closest(written, likely ?? known);
}

/** Whether a known name may well be what was meant: it holds what was written, or at least half of the letters agree. */
export function isLikely(written: string, name: string): boolean {
  const [plain, known] = [written.trim().toLowerCase(), name.toLowerCase()];
  return (plain !== '' && known.includes(plain)) || distance(plain, known) <= Math.max(plain.length, known.length) / 2;
}
