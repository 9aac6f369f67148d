import { isLikely, nearestName } from '../experiment/problems/nearestName';
import { quote, quoteAll } from '../text/quoting';

/** The end of a sentence about an unknown name: the name, the one that is probably meant, and all that are known. */
export function nearestKnown(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const meant = isLikely(name, nearest) ? ` Did you mean ${quote(nearest)}?` : '';
  return `${quote(name)}.${meant} Known: ${quoteAll(known)}.`;
}
