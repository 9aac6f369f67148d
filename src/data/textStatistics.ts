import { entropy } from './lossPattern';
import type { EncodedText } from './vocabulary';

type Indices = EncodedText['indices'];

/** Maximum number of pairs of characters that are counted in a dense table. */
const DENSE_PAIRS = 2 ** 22;

/** Entropy of single characters, −Σ p·ln p, in nats: the loss of the best predictor without any input. */
export function unigramEntropy(indices: Indices, distinct: number): number {
  return entropyOfCounts(countsOf(indices, distinct), indices.length);
}

/**
 * Mean of −ln p over some characters in nats, with the frequency of each in the training part as p. A character that is
 * not there counts as one: its loss would be infinite.
 */
export function unigramCrossEntropy(training: Indices, predicted: Indices, distinct: number): number {
  const counts = countsOf(training, distinct);
  let total = 0;
  for (const index of predicted) total -= Math.log(Math.max(1, counts[index] ?? 0) / training.length);
  return total / predicted.length;
}

/** Entropy of a character given the previous one, in nats: the loss of the best predictor without memory. */
export function bigramEntropy(indices: Indices, distinct: number): number {
  const pairs = indices.length - 1;
  if (pairs < 1) return 0;
  const firsts = countsOf(indices.subarray(0, pairs), distinct);
  // H(next | this) = H(this, next) − H(this), both over the same pairs.
  return entropyOfCounts(pairCounts(indices, distinct), pairs) - entropyOfCounts(firsts, pairs);
}

/** Bytes of the counts of pairs while a text of `length` characters is opened. */
export function pairCountBytes(length: number, distinct: number): number {
  return distinct * distinct <= DENSE_PAIRS ? 8 * distinct * distinct : 8 * length + 8 * distinct;
}

function countsOf(indices: Indices, distinct: number): Float64Array {
  const counts = new Float64Array(distinct);
  for (const index of indices) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

/** The count of each pair of characters, in the order of first occurrence or of their indices. */
function pairCounts(indices: Indices, distinct: number): Iterable<number> {
  return distinct * distinct <= DENSE_PAIRS ? densePairCounts(indices, distinct) : sparsePairCounts(indices, distinct);
}

function densePairCounts(indices: Indices, distinct: number): Float64Array {
  const counts = new Float64Array(distinct * distinct);
  for (let at = 1; at < indices.length; at++) {
    const pair = (indices[at - 1] ?? 0) * distinct + (indices[at] ?? 0);
    counts[pair] = (counts[pair] ?? 0) + 1;
  }
  return counts;
}

/**
 * The counts of pairs that are too many for a dense table, each at the first occurrence of its pair, 0 elsewhere: eight
 * bytes a character, where a Map takes ten times as much and holds at most 2^24 pairs.
 */
function sparsePairCounts(indices: Indices, distinct: number): Uint32Array {
  const pairs = indices.length - 1;
  // The positions of the pairs, sorted by first character, for each in the order of the text.
  const ends = new Uint32Array(distinct + 1);
  for (let at = 0; at < pairs; at++) ends[(indices[at] ?? 0) + 1] = (ends[(indices[at] ?? 0) + 1] ?? 0) + 1;
  for (let first = 0; first < distinct; first++) ends[first + 1] = (ends[first + 1] ?? 0) + (ends[first] ?? 0);
  const places = new Uint32Array(pairs);
  for (let at = 0; at < pairs; at++) {
    const end = ends[indices[at] ?? 0] ?? 0;
    places[end] = at;
    ends[indices[at] ?? 0] = end + 1;
  }
  const counts = new Uint32Array(pairs);
  /** By second character: 1 + the first position of its pair with the current first character; 0 for none. */
  const seen = new Uint32Array(distinct);
  let from = 0;
  for (let first = 0; first < distinct; first++) {
    const to = ends[first] ?? from;
    for (let index = from; index < to; index++) {
      const place = places[index] ?? 0;
      const second = indices[place + 1] ?? 0;
      if ((seen[second] ?? 0) === 0) seen[second] = place + 1;
      const firstSeen = (seen[second] ?? 1) - 1;
      counts[firstSeen] = (counts[firstSeen] ?? 0) + 1;
    }
    for (let index = from; index < to; index++) seen[indices[(places[index] ?? 0) + 1] ?? 0] = 0;
    from = to;
  }
  return counts;
}

function* shares(counts: Iterable<number>, total: number): Iterable<number> {
  for (const count of counts) if (count > 0) yield count / total;
}

function entropyOfCounts(counts: Iterable<number>, total: number): number {
  return entropy(shares(counts, total));
}
