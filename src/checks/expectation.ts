import type { Expectations } from '../experiment/schema/schema';
import { formatExact } from '../text/numbers';
import { english } from '../text/translate';

/** The key of an expectation, inside `expect`. */
export type ExpectationKey = keyof Expectations;

/** One expectation of an experiment. */
export interface Expectation {
  readonly key: ExpectationKey;
  readonly keyPath: readonly ['expect', ExpectationKey];
  /** What it expects, in a few words: "validationLoss below 0.05". */
  readonly label: string;
}

/** A lower limit, an upper limit or both, as an experiment writes them. */
export interface Limits {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

/** One limit in words, and whether a value is within it. */
export interface Limit {
  /** "below 0.05" */
  readonly words: string;
  readonly value: number;
  readonly allows: (value: number) => boolean;
}

/** The limits that an experiment writes, the lower one first. */
export function limitsOf({ above, below, atLeast, atMost }: Limits): readonly Limit[] {
  const limit = (words: string, value: number | undefined, allows: (value: number, limit: number) => boolean) =>
    value === undefined
      ? []
      : [{ words: `${words} ${formatExact(value)}`, value, allows: (found: number) => allows(found, value) }];
  return [
    ...limit('above', above, (found, least) => found > least),
    ...limit(english`at least`, atLeast, (found, least) => found >= least),
    ...limit('below', below, (found, most) => found < most),
    ...limit(english`at most`, atMost, (found, most) => found <= most),
  ];
}

/** The order in which expectations are judged and listed: that of the schema. */
const order: readonly ExpectationKey[] = [
  'loss',
  'validationLoss',
  'bestValidationLoss',
  'accuracy',
  'betterThan',
  'gradientAtStart',
  'clipped',
  'findings',
  'diverges',
];

/** The expectations of an experiment, one for each key. */
export function expectationsOf(expect: Expectations | undefined): readonly Expectation[] {
  if (expect === undefined) return [];
  return order
    .filter((key) => expect[key] !== undefined)
    .map((key) => ({ key, keyPath: ['expect', key], label: labelOf(key, expect) }));
}

function labelOf(key: ExpectationKey, expect: Expectations): string {
  switch (key) {
    case 'loss':
    case 'validationLoss':
    case 'bestValidationLoss':
    case 'accuracy':
    case 'gradientAtStart':
    case 'clipped':
      return `${key} ${limitWords(expect[key] ?? {})}`;
    case 'betterThan':
      return english`betterThan ${expect.betterThan ?? ''}`;
    case 'findings':
      return english`findings ${findingWords(expect.findings)}`;
    case 'diverges':
      return english`diverges ${String(expect.diverges)}`;
    default:
      return key satisfies never;
  }
}

/** "above 0.1 and below 0.5" */
export function limitWords(limits: Limits): string {
  return limitsOf(limits)
    .map(({ words }) => words)
    .join(english` and `);
}

function findingWords(findings: Expectations['findings']): string {
  if (findings === undefined || findings === 'none') return 'none';
  const { absent = [], present = [] } = findings;
  return [
    ...(absent.length === 0 ? [] : [english`absent ${absent.join(', ')}`]),
    ...(present.length === 0 ? [] : [english`present ${present.join(', ')}`]),
  ].join('; ');
}
