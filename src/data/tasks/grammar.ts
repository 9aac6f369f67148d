import type { Random } from '../random';

/** The symbols of Reber's grammar; strings are written as indices into them. */
export const reberSymbols: readonly string[] = ['B', 'T', 'P', 'S', 'X', 'V', 'E'];

/** An arc of the grammar: the symbol that it writes and the node that it leads to. */
interface Arc {
  readonly symbol: number;
  readonly to: number;
}

const [B, T, P, S, X, V, E] = [0, 1, 2, 3, 4, 5, 6] as const;
const START = 0;
const BRANCH = 1;
const LAST = 2;

/** Node after the last symbol. */
const END = 3;
const FIRST_INNER = 4;
const INNER_NODES = 8;
/** The longest embedded string that is drawn; longer ones, fewer than one in ten million, are rejected. */
const LONGEST = 64;

/** Reber 1967, as nodes 0 (before B) to 7 (after E). */
const inner: readonly (readonly Arc[])[] = [
  [{ symbol: B, to: 1 }],
  [
    { symbol: T, to: 2 },
    { symbol: P, to: 3 },
  ],
  [
    { symbol: S, to: 2 },
    { symbol: X, to: 4 },
  ],
  [
    { symbol: T, to: 3 },
    { symbol: V, to: 5 },
  ],
  [
    { symbol: X, to: 3 },
    { symbol: S, to: 6 },
  ],
  [
    { symbol: P, to: 4 },
    { symbol: V, to: 6 },
  ],
  [{ symbol: E, to: 7 }],
];

function innerOf(branch: 0 | 1): readonly (readonly Arc[])[] {
  const offset = FIRST_INNER + branch * INNER_NODES;
  const nodes = inner.map((arcs) => arcs.map(({ symbol, to }) => ({ symbol, to: to + offset })));
  return [...nodes, [{ symbol: branch === 0 ? T : P, to: LAST }]];
}

/** The embedded grammar: B, then T or P, a string of the inner grammar, the same T or P again, E. */
const nodes: readonly (readonly Arc[])[] = [
  [{ symbol: B, to: BRANCH }],
  [
    { symbol: T, to: FIRST_INNER },
    { symbol: P, to: FIRST_INNER + INNER_NODES },
  ],
  [{ symbol: E, to: END }],
  [],
  ...innerOf(0),
  ...innerOf(1),
];

function arcsOf(node: number): readonly Arc[] {
  return nodes[node] ?? [];
}

/** The embedded grammar as plain data: for each node its arcs, each a symbol and the node that it leads to. */
export const embeddedGrammar = {
  arcs: nodes.map((arcs) => arcs.map(({ symbol, to }): readonly [symbol: number, to: number] => [symbol, to])),
  first: START,
  last: END,
  longest: LONGEST,
};

/** One string of the embedded Reber grammar, with equal probability of every branch; at most 64 symbols. */
export function drawString(random: Random): readonly number[] {
  for (;;) {
    const symbols: number[] = [];
    for (let node = START; node !== END && symbols.length <= LONGEST;) {
      const arcs = arcsOf(node);
      const arc = arcs[arcs.length === 1 ? 0 : random.integer(0, arcs.length - 1)];
      if (!arc) break;
      symbols.push(arc.symbol);
      node = arc.to;
    }
    if (symbols.length <= LONGEST) return symbols;
  }
}

/** The symbols that the grammar allows next; none after a complete string, or if no string starts with these symbols. */
export function allowedNext(symbols: readonly number[]): readonly number[] {
  let node = START;
  for (const symbol of symbols) {
    const arc = arcsOf(node).find((candidate) => candidate.symbol === symbol);
    if (!arc) return [];
    node = arc.to;
  }
  return arcsOf(node).map(({ symbol }) => symbol);
}

/** The probability that a string has a symbol k, and the expected losses of predicting it. */
export interface GrammarStep {
  /** Probability that there is a symbol k. */
  readonly probability: number;
  /** Expected loss, in nats, of predicting symbol k with the grammar known: ln 2 at every branch. */
  readonly floor: number;
  /** Probability that symbol k repeats the second one: without long memory its loss is ln 2. */
  readonly repeat: number;
  /** Expected number of correct predictions of symbol k with the grammar known: ½ at every branch. */
  readonly correct: number;
}

/** The expectations for each symbol of a string, from the first one predicted (k = 1) to the end of the longest string. */
export function grammarSteps(): readonly GrammarStep[] {
  let share = new Map<number, number>([[START, 1]]);
  const steps: GrammarStep[] = [];
  for (let k = 0; k < LONGEST; k++) {
    if (k > 0) steps.push(expectedAt(share));
    share = advanced(share);
  }
  return steps;
}

function expectedAt(share: ReadonlyMap<number, number>): GrammarStep {
  const step = { probability: 0, floor: 0, repeat: 0, correct: 0 };
  for (const [node, probability] of share) {
    const arcs = arcsOf(node);
    if (arcs.length === 0) continue;
    step.probability += probability;
    step.floor += probability * Math.log(arcs.length);
    step.correct += probability / arcs.length;
    if (arcs[0]?.to === LAST) step.repeat += probability;
  }
  return step;
}

function advanced(share: ReadonlyMap<number, number>): Map<number, number> {
  const next = new Map<number, number>();
  for (const [node, probability] of share) {
    const arcs = arcsOf(node);
    for (const { to } of arcs) next.set(to, (next.get(to) ?? 0) + probability / arcs.length);
  }
  return next;
}

/** Steps of the longest string that is drawn: its last symbol is only a target. */
export const maxReberLength = LONGEST - 1;
