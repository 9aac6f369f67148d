/** The samples in the order in which they teach, by their file names. */
export const teachingOrder: readonly string[] = [
  'remember-two-numbers.rnn.json',
  'three-steps.rnn.json',
  'long-lag.rnn.json',
  'exploding.rnn.json',
  'truncated.rnn.json',
  'minimal-gate.rnn.json',
  'sunspots.rnn.json',
  'characters.rnn.json',
];

/** The place of a sample in that order; those that are not in it come last. */
export function teachingRank(name: string): number {
  const rank = teachingOrder.indexOf(name);
  return rank < 0 ? teachingOrder.length : rank;
}
