import { entropy } from './lossPattern';
import type { EncodedText } from './vocabulary';

type Indices = EncodedText['indices'];

/** Most pairs of characters that are counted in a plain array; rarer vocabularies count in a map. */
const DENSE_PAIRS = 2 ** 22;

/** Entropy of single characters, −Σ p·ln p: what the best predictor pays that looks at nothing. In nats. */
export function unigramEntropy(indices: Indices, distinct: number): number {
  return entropyOfCounts(countsOf(indices, distinct), indices.length);
}

/** Entropy of a character given the one before it: what the best predictor pays that remembers nothing. In nats. */
export function bigramEntropy(indices: Indices, distinct: number): number {
  const pairs = indices.length - 1;
  if (pairs < 1) return 0;
  const firsts = countsOf(indices.subarray(0, pairs), distinct);
  // H(next | this) = H(this, next) − H(this), both over the same pairs.
  return entropyOfCounts(pairCounts(indices, distinct), pairs) - entropyOfCounts(firsts, pairs);
}

function countsOf(indices: Indices, distinct: number): Float64Array {
  const counts = new Float64Array(distinct);
  for (const index of indices) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

function pairCounts(indices: Indices, distinct: number): Iterable<number> {
  if (distinct * distinct <= DENSE_PAIRS) {
    const counts = new Float64Array(distinct * distinct);
    for (let at = 1; at < indices.length; at++) {
      const pair = (indices[at - 1] ?? 0) * distinct + (indices[at] ?? 0);
      counts[pair] = (counts[pair] ?? 0) + 1;
    }
    return counts;
  }
  const counts = new Map<number, number>();
  for (let at = 1; at < indices.length; at++) {
    const pair = (indices[at - 1] ?? 0) * distinct + (indices[at] ?? 0);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts.values();
}

function entropyOfCounts(counts: Iterable<number>, total: number): number {
  const shares: number[] = [];
  for (const count of counts) if (count > 0) shares.push(count / total);
  return entropy(shares);
}
