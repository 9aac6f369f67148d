import type { CancellationToken, TestController, TestItem, TestRun, TestRunRequest, Uri } from 'vscode';
import {
  formatGradientCheck,
  gradientVerdict,
  maxRelativeError,
  type ParameterCheck,
} from '../../checks/gradientCheck';
import type { Judgement, Verdict } from '../../checks/judgement';
import type { ExperimentFile } from '../../experiment/experimentFile';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { appendTestOutput, testMessage, type TestMessageContent } from '../../platform/testItems';
import { reasonOf } from '../../protocol/channel';
import { formatCount, formatNumber } from '../../text/numbers';
import { memberName } from '../../run/displayName';
import { readExperiment, targetName } from '../../session/experimentText';
import { GradientCheckSession } from '../../session/live/gradientCheckSession';
import type { Target } from '../../session/sessions';
import type { StartTrainerWorker } from '../../session/trainers/trainerWorker';
import type { JudgedRuns } from './judgedRuns';
import { rangeOf } from './ranges';
import { allParameters, groups, keyPlaceOf, variantOfId } from './testTree';
import { translate } from '../../text/translate';

/** What running tests uses of the extension. */
export interface TestRunParts {
  readonly runs: JudgedRuns;
  readonly startWorker: StartTrainerWorker;
}

/** The tests of an experiment or a variant that are run together. */
interface TestedVariant {
  readonly uri: Uri;
  readonly variant: string | undefined;
  readonly expectations: readonly TestItem[];
  readonly gradients: readonly TestItem[];
}

/** A variant whose experiment has been read. */
interface ReadVariant extends TestedVariant {
  readonly file: ExperimentFile;
  readonly experiment: ResolvedExperiment;
}

/** Runs tests of the Test Explorer: trains and judges, and checks gradients. */
export class TestRunner {
  /** Gradient checks run one after the other: each uses a core. */
  #checks: Promise<unknown> = Promise.resolve();

  constructor(
    readonly controller: TestController,
    readonly parts: TestRunParts,
  ) {}

  /**
   * Runs some tests.
   *
   * @param trains whether expectations are judged by new runs; else by the newest finished ones of exactly these experiments
   */
  async run(
    request: TestRunRequest,
    items: readonly TestItem[],
    trains: boolean,
    token: CancellationToken,
  ): Promise<void> {
    const run = this.controller.createTestRun(request);
    try {
      for (const item of items) run.enqueued(item);
      const variants = variantsOf(items);
      const known = new Set(variants.flatMap(({ expectations, gradients }) => [...expectations, ...gradients]));
      for (const item of items)
        if (!known.has(item)) errored(run, item, translate`This experiment has a problem: see the Problems panel.`);
      await Promise.all(variants.map((variant) => this.#runVariant(run, variant, trains, token)));
    } finally {
      run.end();
    }
  }

  async #runVariant(run: TestRun, tested: TestedVariant, trains: boolean, token: CancellationToken): Promise<void> {
    const items = [...tested.expectations, ...tested.gradients];
    try {
      const parsed = await readExperiment(tested.uri);
      const resolved = parsed.kind === 'refused' ? parsed : parsed.file.resolve(tested.variant);
      if (parsed.kind === 'refused' || resolved.kind === 'refused') {
        const message = resolved.kind === 'refused' ? resolved.problems[0]?.message : undefined;
        for (const item of items) errored(run, item, message ?? translate`The experiment has a problem.`);
        return;
      }
      const read = { ...tested, file: parsed.file, experiment: resolved.experiment };
      await Promise.all([this.#judge(run, read, trains, token), this.#checkInTurn(run, read, token)]);
    } catch (error) {
      for (const item of items) errored(run, item, reasonOf(error));
    }
  }

  async #checkInTurn(run: TestRun, read: ReadVariant, token: CancellationToken): Promise<void> {
    const check = this.#checks.catch(() => undefined).then(() => this.#checkGradients(run, read, token));
    this.#checks = check;
    await check;
  }

  async #judge(run: TestRun, read: ReadVariant, trains: boolean, token: CancellationToken): Promise<void> {
    const { uri, variant, expectations, file, experiment } = read;
    if (expectations.length === 0) return;
    for (const item of expectations) run.started(item);
    const begun = performance.now();
    const targets = file.membersOf(variant).map((member): Target => ({ uri, ...member }));
    const results = await Promise.all(
      targets.map(async (target) => {
        const judged = await (trains
          ? this.parts.runs.train(target, experiment.expect, token)
          : this.parts.runs.newest(target, experiment.expect, file));
        appendTestOutput(run, `${targetName(target)}: ${judged.note}`);
        return { target, judged };
      }),
    );
    for (const item of expectations) {
      const found = results.map(({ target, judged }): MemberResult => {
        const judgement = judged.kind === 'judged' ? judged.judgements.find(({ key }) => key === item.id) : undefined;
        const message = judged.kind === 'judged' ? translate`The experiment no longer expects this.` : judged.note;
        return {
          target,
          judgement: judgement ?? { verdict: 'unjudged', message },
          isCancelled: judged.kind === 'cancelled',
        };
      });
      conclude(run, item, read, found, performance.now() - begun);
    }
  }

  async #checkGradients(run: TestRun, read: ReadVariant, token: CancellationToken): Promise<void> {
    const { uri, variant, gradients, experiment } = read;
    if (gradients.length === 0) return;
    if (token.isCancellationRequested) {
      for (const item of gradients) run.skipped(item);
      return;
    }
    const open = new Map(gradients.map((item) => [item.id, item]));
    for (const item of gradients) run.started(item);
    const all: ParameterCheck[] = [];
    let last = performance.now();
    const session = new GradientCheckSession({ uri, variant }, experiment, this.parts.startWorker, (check) => {
      all.push(check);
      const item = open.get(check.name);
      if (item === undefined) return;
      open.delete(check.name);
      const now = performance.now();
      concludeChecks(run, item, [check], now - last);
      last = now;
    });
    const cancelling = token.onCancellationRequested(() => {
      session.dispose();
    });
    const outcome = await session.run();
    cancelling.dispose();
    const whole = open.get(allParameters);
    if (outcome.kind === 'checked' && whole !== undefined) {
      open.delete(allParameters);
      concludeChecks(run, whole, all, performance.now() - last);
    }
    for (const item of open.values()) {
      if (outcome.kind === 'ended') run.skipped(item);
      else
        errored(run, item, outcome.kind === 'failed' ? outcome.message : translate`The net has no such parameter now.`);
    }
    if (outcome.kind !== 'checked') return;
    const { subject } = outcome;
    const carried = subject.isCarried ? translate`, the carried state held constant` : '';
    appendTestOutput(
      run,
      translate`${targetName({ uri, variant })}: gradients over ${formatCount(subject.steps, 'step')} of ${formatCount(subject.sequences, 'sequence')}${carried}.`,
    );
  }
}

/** The judgement of an expectation by the run of one seed. */
interface MemberResult {
  readonly target: Target;
  readonly judgement: Pick<Judgement, 'verdict' | 'message' | 'expected' | 'actual'>;
  readonly isCancelled: boolean;
}

/** An expectation holds if it does in the run of every seed. */
function conclude(run: TestRun, item: TestItem, read: ReadVariant, results: readonly MemberResult[], duration: number) {
  if (results.some(({ isCancelled }) => isCancelled)) {
    run.skipped(item);
    return;
  }
  const place = rangeOf(keyPlaceOf(read.file, ['expect', item.id], read.variant));
  for (const { target, judgement } of results) appendTestOutput(run, `${seedOf(target)}${judgement.message}`, item);
  const faults = results.filter(({ judgement }) => judgement.verdict !== 'met');
  if (faults.length === 0) {
    run.passed(item, duration);
    return;
  }
  const messages = faults.map(({ target, judgement: { message, expected, actual } }) =>
    testMessage({ message: `${seedOf(target)}${message}`, uri: read.uri, range: place, expected, actual }),
  );
  const isFailure = faults.some(({ judgement }) => judgement.verdict === 'unmet');
  if (isFailure) run.failed(item, messages, duration);
  else run.errored(item, messages, duration);
}

/** "seed 2: ", where there are several. */
function seedOf({ seed }: Target): string {
  return seed === undefined ? '' : `${memberName(undefined, seed)}: `;
}

/** A test of several parameters fails with the first that is wrong. */
function concludeChecks(run: TestRun, item: TestItem, checks: readonly ParameterCheck[], duration: number): void {
  const verdicts = checks.map(gradientVerdict);
  const at = (verdict: Verdict): ParameterCheck | undefined => checks[verdicts.indexOf(verdict)];
  for (const check of checks) appendTestOutput(run, formatGradientCheck(check), item);
  const wrong = at('unmet');
  if (wrong !== undefined) {
    const expected = translate`relative error of at most ${formatNumber(maxRelativeError)}`;
    const actual = translate`relative error of ${formatNumber(wrong.relativeError)}`;
    run.failed(
      item,
      testMessage({ ...placeOf(item), message: formatGradientCheck(wrong), expected, actual }),
      duration,
    );
  } else if (verdicts.every((verdict) => verdict === 'unjudged')) run.skipped(item);
  else run.passed(item, duration);
}

function errored(run: TestRun, item: TestItem, message: string): void {
  run.errored(item, testMessage({ ...placeOf(item), message }));
}

function placeOf(item: TestItem): Pick<TestMessageContent, 'uri' | 'range'> {
  if (item.uri === undefined) throw new Error(translate`${item.id} is of no file.`);
  return { uri: item.uri, range: item.range ?? rangeOf({ offset: 0, length: 0, line: 1, column: 1 }) };
}

/** The variants that some tests belong to; an experiment with a problem has no tests, and none is returned for it. */
function variantsOf(items: readonly TestItem[]): readonly TestedVariant[] {
  const found = new Map<TestItem, { expectations: TestItem[]; gradients: TestItem[] }>();
  for (const item of items) {
    const group = item.parent;
    const owner = group?.parent;
    if (group === undefined || owner === undefined) continue;
    const tested = found.get(owner) ?? { expectations: [], gradients: [] };
    found.set(owner, tested);
    (group.id === groups.expectations ? tested.expectations : tested.gradients).push(item);
  }
  return [...found].flatMap(([owner, tested]) =>
    owner.uri === undefined ? [] : [{ uri: owner.uri, variant: variantOfId(owner.id), ...tested }],
  );
}
