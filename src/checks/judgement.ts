import type { Finding } from '../diagnosis/finding';
import type { Expectations } from '../experiment/schema/schema';
import type { MeasuredOutcome } from '../run/measuredOutcome';
import { formatCount, formatDistinct, formatExact, formatNumber } from '../text/numbers';
import {
  expectationsOf,
  limitsOf,
  limitWords,
  type Expectation,
  type ExpectationKey,
  type Limits,
} from './expectation';
import { english } from '../text/translate';

/** A loss that is known without training; see RunInfo. */
export interface KnownBaseline {
  readonly name: string;
  readonly value: number;
  readonly heldOut?: boolean | undefined;
  readonly answer?: 'constant' | 'persistence' | 'seasonal' | undefined;
}

/** How a run ended and what was measured: what its expectations are judged by. */
export interface RunOutcome {
  /** Only a run that has finished or diverged is judged. */
  readonly state: string;
  /** Updates done. */
  readonly updates: number;
  /** Why it is in this state, if that needs an explanation. */
  readonly message: string | undefined;
  readonly measured: MeasuredOutcome;
  readonly findings: readonly Pick<Finding, 'code' | 'level' | 'update'>[];
  readonly baselines: readonly KnownBaseline[];
}

/** Whether an expectation holds; `unjudged`: the run doesn't tell. */
export type Verdict = 'met' | 'unmet' | 'unjudged';

/** The judgement of one expectation. */
export interface Judgement extends Expectation {
  readonly verdict: Verdict;
  /** One sentence or more, with the measured number, the limit and the update. */
  readonly message: string;
  /** The limit and the measured number in words; absent where the expectation is not about a number. */
  readonly expected?: string;
  readonly actual?: string;
}

type Result = Omit<Judgement, keyof Expectation>;

/** Judges every expectation of an experiment by a run of it. */
export function judge(expect: Expectations | undefined, outcome: RunOutcome): readonly Judgement[] {
  return expectationsOf(expect).map((expectation) => ({
    ...expectation,
    ...resultOf(expectation.key, expect ?? {}, outcome),
  }));
}

/** The baseline that a validation loss is compared with; undefined where the data have none. */
export function baselineOf(
  kind: NonNullable<Expectations['betterThan']>,
  baselines: readonly KnownBaseline[],
): KnownBaseline | undefined {
  const named = baselines.filter(({ answer }) => answer === kind);
  return named.find(({ heldOut }) => heldOut === true) ?? named[0];
}

function resultOf(key: ExpectationKey, expect: Expectations, outcome: RunOutcome): Result {
  const { state, updates, message } = outcome;
  if (state !== 'finished' && state !== 'diverged') {
    const why = message === undefined ? '' : ` ${message}`;
    return unjudged(
      english`The run was not trained to its end (${state} after ${formatCount(updates, 'update')}).${why}`,
    );
  }
  if (key === 'diverges') return divergence(expect.diverges === true, outcome);
  if (key === 'findings') return findings(expect.findings ?? 'none', outcome);
  if (state === 'diverged') {
    return {
      verdict: 'unmet',
      message: english`The run diverged after ${formatCount(updates, 'update')}, so its end has no such number.`,
    };
  }
  return numberResult(key, expect, outcome);
}

function numberResult(
  key: Exclude<ExpectationKey, 'diverges' | 'findings'>,
  expect: Expectations,
  { updates, measured, baselines }: RunOutcome,
): Result {
  const after = english`after ${formatCount(updates, 'update')}`;
  const { validation, best, accuracy } = measured;
  if (measured.updates !== updates) {
    const missing = formatCount(updates - measured.updates, 'update');
    return unjudged(english`The records of ${missing} of the run are missing.`);
  }
  switch (key) {
    case 'loss':
      return within(english`The training loss of update ${formatExact(updates - 1)}`, measured.loss, expect.loss);
    case 'validationLoss':
      if (validation?.updates !== updates) return unjudged(english`No validation loss was measured ${after}.`);
      return within(english`The validation loss ${after}`, validation.validationLoss, expect.validationLoss);
    case 'bestValidationLoss':
      if (best === undefined) return unjudged(english`The run has no validation loss that is finite.`);
      return within(
        english`The lowest validation loss, after ${formatCount(best.updates, 'update')},`,
        best.validationLoss,
        expect.bestValidationLoss,
      );
    case 'accuracy':
      if (accuracy === undefined || validation?.updates !== updates)
        return unjudged(english`No accuracy was measured ${after}.`);
      return within(english`The accuracy on held-out data ${after}`, accuracy, expect.accuracy);
    case 'betterThan':
      if (validation?.updates !== updates) return unjudged(english`No validation loss was measured ${after}.`);
      return better(expect.betterThan ?? 'persistence', validation.validationLoss, baselines, after);
    case 'gradientAtStart':
      return gradientAtStart(measured, expect.gradientAtStart);
    case 'clipped':
      return within(
        english`The share of updates whose gradient was clipped, ${formatExact(measured.clipped)} of ${formatExact(updates)},`,
        measured.clipped / updates,
        expect.clipped,
      );
    default:
      return key satisfies never;
  }
}

const unjudged = (message: string): Result => ({ verdict: 'unjudged', message });

/** Whether a value is within its limits. */
function within(subject: string, value: number, limits: Limits = {}): Result {
  const violated = limitsOf(limits).filter(({ allows }) => !allows(value));
  const [first] = violated.length > 0 ? violated : limitsOf(limits);
  const text = first === undefined ? formatNumber(value) : formatDistinct(value, first.value);
  const [expected, actual] = [limitWords(limits), text];
  return violated.length === 0
    ? { verdict: 'met', message: english`${subject} is ${text}, ${expected} as expected.`, expected, actual }
    : {
        verdict: 'unmet',
        message: english`${subject} is ${text}; it should be ${violated.map(({ words }) => words).join(english` and `)}.`,
        expected,
        actual,
      };
}

function better(
  kind: NonNullable<Expectations['betterThan']>,
  loss: number,
  baselines: readonly KnownBaseline[],
  after: string,
): Result {
  const baseline = baselineOf(kind, baselines);
  if (baseline === undefined) return unjudged(english`These data have no baseline "${kind}".`);
  const [actual, expected] = [formatDistinct(loss, baseline.value), formatDistinct(baseline.value, loss)];
  const compared = english`The validation loss ${after} is ${actual}, that of “${baseline.name}” ${expected}`;
  return loss < baseline.value
    ? {
        verdict: 'met',
        message: english`${compared}; it is lower, as expected.`,
        expected: english`below ${expected}`,
        actual,
      }
    : {
        verdict: 'unmet',
        message: english`${compared}; it should be lower.`,
        expected: english`below ${expected}`,
        actual,
      };
}

function gradientAtStart({ gradient }: MeasuredOutcome, limits: Limits | undefined): Result {
  if (gradient === undefined) return unjudged(english`The run has no series through time.`);
  const { update, first, last, lastStep } = gradient;
  if (lastStep === undefined) {
    return unjudged(english`The gradient of update ${formatExact(update)} is 0 at every step, so there is no ratio.`);
  }
  const norms = english`‖∂L/∂h_0‖ = ${formatNumber(first)} to ‖∂L/∂h_${lastStep}‖ = ${formatNumber(last)}`;
  return within(english`At update ${formatExact(update)} the ratio of ${norms}`, first / last, limits);
}

function divergence(isExpected: boolean, { state, updates, message }: RunOutcome): Result {
  const after = formatCount(updates, 'update');
  if (state === 'diverged') {
    return isExpected
      ? { verdict: 'met', message: english`The run diverged after ${after}, as expected.` }
      : {
          verdict: 'unmet',
          message: english`The run should not diverge. ${message ?? english`It diverged after ${after}.`}`,
        };
  }
  return isExpected
    ? { verdict: 'unmet', message: english`The run should diverge, but all values of its ${after} were finite.` }
    : { verdict: 'met', message: english`All values of the ${after} were finite, as expected.` };
}

function findings(expected: NonNullable<Expectations['findings']>, outcome: RunOutcome): Result {
  const all = outcome.findings;
  if (expected === 'none') {
    return all.length === 0
      ? { verdict: 'met', message: english`The run has no findings, as expected.` }
      : { verdict: 'unmet', message: english`The run has ${formatFindings(all)}; it should have none.` };
  }
  const { absent = [], present = [] } = expected;
  const unwanted = all.filter(({ code }) => absent.some((one) => one === code));
  const missing = present.filter((code) => !all.some((finding) => finding.code === code));
  const wanted = all.filter(({ code }) => present.some((one) => one === code));
  if (unwanted.length === 0 && missing.length === 0) {
    const parts = [
      ...(absent.length === 0 ? [] : [english`none of the findings ${absent.join(', ')}`]),
      ...(wanted.length === 0 ? [] : [formatFindings(wanted)]),
    ];
    return { verdict: 'met', message: english`The run has ${parts.join(', and ')}, as expected.` };
  }
  const faults = [
    ...(unwanted.length === 0 ? [] : [english`The run has ${formatFindings(unwanted)}, which it should not have.`]),
    ...(missing.length === 0 ? [] : [english`The run should have the findings ${missing.join(', ')}, but has not.`]),
  ];
  return { verdict: 'unmet', message: faults.join(' ') };
}

function formatFindings(found: RunOutcome['findings']): string {
  const listed = found.map(({ code, level, update }) => english`${code} (${level}, update ${formatExact(update)})`);
  return `${formatCount(found.length, 'finding')}: ${listed.join(', ')}`;
}
