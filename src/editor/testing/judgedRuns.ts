import type { CancellationToken, Disposable } from 'vscode';
import { judge, type Judgement } from '../../checks/judgement';
import type { ExperimentFile } from '../../experiment/experimentFile';
import type { Expectations } from '../../experiment/schema/schema';
import { reasonOf } from '../../protocol/channel';
import { stateLabels } from '../../protocol/run';
import { groupSeed } from '../../run/runInfo';
import { OutcomeMeasurement, type MeasuredOutcome } from '../../run/measuredOutcome';
import { formatCount } from '../../text/numbers';
import type { Launcher } from '../../session/live/launcher';
import { trainUntilOver } from '../../session/live/trainUntilOver';
import type { LiveSession } from '../../session/live/liveSession';
import type { Sessions, Target } from '../../session/sessions';
import type { RunIndex } from '../../session/stored/runIndex';
import type { RunReader } from '../../session/stored/runReader';
import { readFindingsIn } from '../../session/stored/storedFindings';
import { formatStartTime } from '../../session/stored/storedRun';
import { changedKeys } from '../../session/changedKeys';
import { locationOf } from '../../session/files/location';
import { translate, translateMessage } from '../../text/translate';

/** The judgements of a run, or why there are none. */
export type JudgedRun =
  | { readonly kind: 'judged'; readonly judgements: readonly Judgement[]; readonly note: string }
  | { readonly kind: 'failed' | 'cancelled'; readonly note: string };

/** What judging runs uses of the extension. */
export interface JudgedRunParts {
  readonly sessions: Sessions;
  readonly launcher: Launcher;
  readonly index: RunIndex;
  readonly reader: RunReader;
}

const cancelled: JudgedRun = { kind: 'cancelled', note: translate`cancelled.` };

/** Trains runs to judge them, and judges those that are stored. */
export class JudgedRuns {
  constructor(readonly parts: JudgedRunParts) {}

  /** Trains a target as ▶ Train does, without its panel, and judges the run. A run that trains now is left alone. */
  async train(target: Target, expect: Expectations | undefined, token: CancellationToken): Promise<JudgedRun> {
    const { sessions, launcher } = this.parts;
    if (isCancelled(token)) return cancelled;
    if (sessions.get(target)?.isLive === true) {
      return {
        kind: 'failed',
        note: translate`This experiment is being trained. Run the test again when that run has ended.`,
      };
    }
    const measurement = new OutcomeMeasurement();
    const owned: Disposable[] = [];
    try {
      const launch = await trainUntilOver(launcher, target, token, (session) => {
        owned.push(
          session.onDidAppend((batch) => {
            measurement.add(batch);
          }),
        );
      });
      switch (launch.kind) {
        case 'started':
          return isCancelled(token) ? cancelled : judgedSession(launch.session, expect, measurement.outcome);
        case 'refused':
          return { kind: 'failed', note: launch.problems[0]?.message ?? translate`The experiment has a problem.` };
        case 'failed':
          return { kind: 'failed', note: launch.message };
        case 'stopped':
          return isCancelled(token)
            ? cancelled
            : { kind: 'failed', note: translate`The run was stopped before it began.` };
        default:
          return launch satisfies never;
      }
    } finally {
      for (const one of owned) one.dispose();
    }
  }

  /** Judges the newest run of exactly this experiment that was trained to its end; it trains nothing. */
  async newest(target: Target, expect: Expectations | undefined, file: ExperimentFile): Promise<JudgedRun> {
    const { index, reader } = this.parts;
    const run = (await index.all()).find(({ source, state, manifest }) => {
      const isOver = state === 'finished' || state === 'diverged';
      if (!isOver || source?.toString() !== target.uri.toString()) return false;
      const { experiment, facts } = manifest;
      if (target.seed !== undefined && (groupSeed(facts) ?? facts.seed) !== target.seed) return false;
      return changedKeys({ experiment, variant: target.variant, info: facts }, file)?.length === 0;
    });
    if (run === undefined) {
      return {
        kind: 'failed',
        note: translate`No finished run of exactly this experiment is stored. Run the test with "Train and Check".`,
      };
    }
    const { manifest, folder } = run;
    try {
      const measured = await reader.measureOutcome(locationOf(folder), manifest.facts);
      const { findings, damage } = await readFindingsIn(locationOf(folder));
      if (damage !== '') return { kind: 'failed', note: damage };
      const judgements = judge(expect, {
        ...{ state: run.state, updates: manifest.updates, message: manifest.message ?? undefined, measured, findings },
        baselines: manifest.facts.baselines,
      });
      return { kind: 'judged', judgements, note: translate`judged by the run of ${formatStartTime(run, 'second')}.` };
    } catch (error) {
      return { kind: 'failed', note: translate`The newest run can't be read: ${translateMessage(reasonOf(error))}.` };
    }
  }
}

/** Read again each time: it changes while a run is trained. */
function isCancelled(token: CancellationToken): boolean {
  return token.isCancellationRequested;
}

function judgedSession(
  { status, findings, info }: LiveSession,
  expect: Expectations | undefined,
  measured: MeasuredOutcome,
): JudgedRun {
  const { state, updates, message } = status;
  const outcome = { state, updates, message, measured, findings, baselines: info?.baselines ?? [] };
  const note = translate`${stateLabels[state]} after ${formatCount(updates, 'update')}.`;
  return { kind: 'judged', judgements: judge(expect, outcome), note };
}
