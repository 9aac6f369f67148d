import type { Outcome } from './trial';

/** A sentence in the notes or comments of a sample, as a condition on its runs. */
export interface SampleClaim {
  /** File in `media/samples`. */
  readonly file: string;
  readonly variant?: string;
  /** What the sample says. */
  readonly claim: string;
  /** What must hold for every seed. */
  readonly wanted: string;
  /** The number that is shown and compared. */
  readonly measure: (outcome: Outcome) => number;
  readonly passes: (value: number) => boolean;
  /** How many of the seeds must pass; by default all. */
  readonly seedsThatPass?: readonly [from: number, to: number];
}

/** Seeds with which each claim is checked. */
export const claimSeeds = [1, 2, 3];

const heldOut = ({ validationLoss }: Outcome): number => validationLoss;
const bestHeldOut = ({ bestValidationLoss }: Outcome): number => bestValidationLoss;
const divergedAt = (outcome: Outcome): number => outcome.divergedAt ?? Infinity;
const within = (from: number, to: number) => (value: number) => value >= from && value <= to;
const below = (limit: number) => (value: number) => value < limit;
/** The held-out loss as a share of a baseline's. */
const shareOf =
  (baseline: string) =>
  ({ validationLoss, baselines }: Outcome): number =>
    validationLoss / (baselines.get(baseline) ?? NaN);

const solved = { wanted: 'held-out loss < 0.01', measure: heldOut, passes: below(0.01) } as const;
const overfits = {
  claim: 'the held-out loss ends more than 5 % above its lowest value',
  wanted: '> 1.05',
  measure: (outcome: Outcome) => heldOut(outcome) / bestHeldOut(outcome),
  passes: (value: number) => value > 1.05,
} as const;

/** The claims of all samples whose notes or comments say what training leads to. */
export const sampleClaims: readonly SampleClaim[] = [
  {
    file: 'remember-two-numbers.rnn.json',
    claim: 'the LSTM learns to remember the two numbers',
    ...solved,
  },
  {
    file: 'remember-two-numbers.rnn.json',
    variant: 'vanilla RNN',
    claim: 'the vanilla RNN does not get below always answering 1 by more than a tenth',
    wanted: '> 0.15',
    measure: heldOut,
    passes: (value) => value > 0.15,
  },
  {
    file: 'exploding.rnn.json',
    claim: 'without clipping the run diverges within 50 updates',
    wanted: 'update < 50',
    measure: divergedAt,
    passes: below(50),
  },
  ...['clipped by norm', 'clipped by value', 'clipped at every step', 'smaller weights'].map((variant) => ({
    file: 'exploding.rnn.json',
    variant,
    claim: 'the loss ends below the persistence baseline',
    wanted: '< 1',
    measure: shareOf('persistence'),
    passes: below(1),
  })),
  {
    file: 'truncated.rnn.json',
    claim: '10 back ends at about 0.47, close to the floor of both lags',
    wanted: '0.46-0.49',
    measure: heldOut,
    passes: within(0.46, 0.49),
  },
  {
    file: 'truncated.rnn.json',
    variant: '5 back',
    claim: 'ends at about 0.5, below the 0.52 of the first lag alone',
    wanted: '0.48-0.52',
    measure: heldOut,
    passes: within(0.48, 0.52),
  },
  {
    file: 'truncated.rnn.json',
    variant: '2 back',
    claim: 'ends near 0.66',
    wanted: '0.62-0.69',
    measure: heldOut,
    passes: within(0.62, 0.69),
  },
  {
    file: 'truncated.rnn.json',
    variant: '2 back',
    claim: 'falls below 0.6 for a while before',
    wanted: 'lowest < 0.6',
    measure: bestHeldOut,
    passes: below(0.6),
  },
  {
    file: 'truncated.rnn.json',
    variant: '100 back',
    claim: 'ends closer to 0.4545 than 10 back',
    wanted: '< 0.46',
    measure: heldOut,
    passes: below(0.46),
  },
  ...[undefined, 'GRU', 'orthogonal RNN'].map((variant) => ({
    file: 'long-lag.rnn.json',
    ...(variant === undefined ? {} : { variant }),
    claim: 'solves the task',
    ...solved,
  })),
  ...['plain RNN', 'LSTM, forget bias 0'].map((variant) => ({
    file: 'long-lag.rnn.json',
    variant,
    claim: 'solves it with some seeds only',
    ...solved,
    seedsThatPass: [1, 2] as const,
  })),
  ...[undefined, 'GRU', 'GRU, fewer units'].map((variant) => ({
    file: 'minimal-gate.rnn.json',
    ...(variant === undefined ? {} : { variant }),
    claim: 'solves the task',
    ...solved,
  })),
  ...[undefined, 'LSTM', 'plain RNN'].map((variant) => ({
    file: 'sunspots.rnn.json',
    ...(variant === undefined ? {} : { variant }),
    claim: 'predicts next year better than persistence, held out',
    wanted: '< 1',
    measure: shareOf('persistence, held out'),
    passes: below(1),
  })),
  {
    file: 'characters.rnn.json',
    claim: 'ends below the baseline of pairs of characters',
    wanted: '< 1',
    measure: shareOf('pairs of characters'),
    passes: below(1),
  },
  ...['GRU', 'plain RNN'].map((variant) => ({ file: 'characters.rnn.json', variant, ...overfits })),
];
