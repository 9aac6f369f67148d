import { judge } from '../checks/judgement';
import type { Finding } from '../diagnosis/finding';
import type { Expectations } from '../experiment/schema/schema';
import { reasonOf } from '../protocol/channel';
import type { Manifest } from '../run/manifest';
import type { MeasuredOutcome } from '../run/measuredOutcome';
import { storedExperiment } from '../run/storedExperiment';
import { whyNotDiagnosed } from '../text/notDiagnosed';
import { answerNumber, answerRatio, numberOrNull } from './answerNumbers';
import type { ReadableRun } from './readableRun';
import { settingsOf, summaryOf, type RunSummary } from './runSummary';

/** A finding as tools answer it. */
export interface ToolFinding {
  readonly code: string;
  readonly level: Finding['level'];
  readonly when: Finding['when'];
  readonly update: number;
  /** The key of the experiment, with dots; '' for the experiment as a whole. */
  readonly key: string;
  /** The measured number, its threshold and source, and what to do. */
  readonly message: string;
  /** Changes that may solve it, each on its own, the most likely first. */
  readonly remedies: readonly (readonly {
    readonly key: string;
    readonly change: 'set' | 'remove';
    value?: unknown;
  }[])[];
  /** The page of the rule, in the folder of the extension. */
  readonly page: string;
}

/** What a run's records and findings say. */
export interface RunDiagnosis extends RunSummary {
  /** Null for a run of a log, which has none. */
  readonly settings: object | null;
  readonly baselines: readonly object[];
  readonly measured: object | null;
  readonly findings: readonly ToolFinding[];
  readonly expectations: readonly object[];
  /** What could not be read. */
  readonly notes: readonly string[];
}

/** How a run went, with what the rules found. */
export async function diagnose(run: ReadableRun): Promise<RunDiagnosis> {
  const { manifest } = run;
  const { findings, damage } = await run.findings();
  const measured = await run.outcome().then(
    (outcome) => ({ outcome, note: '' }),
    (error: unknown) => ({
      outcome: undefined,
      note: `The records can't be read: ${reasonOf(error)}`,
    }),
  );
  const { outcome } = measured;
  const notDiagnosed = whyNotDiagnosed(manifest.facts);
  const heldOutLoss = outcome?.validation?.validationLoss ?? NaN;
  return {
    ...summaryOf(run),
    settings: manifest.facts.imported === undefined ? settingsOf(run) : null,
    baselines: manifest.facts.baselines.map(({ name, value, source, heldOut }) => ({
      name,
      loss: answerNumber(value),
      source,
      isOfHeldOutData: heldOut === true,
      lossDividedByBaseline: answerRatio(heldOut === true ? heldOutLoss : (outcome?.loss ?? NaN), value),
    })),
    measured: outcome === undefined ? null : measuredOf(outcome, notDiagnosed === undefined),
    findings: findings.map(toolFinding),
    expectations: outcome === undefined ? [] : judgementsOf(run, outcome, findings),
    notes: [damage, measured.note, notDiagnosed ?? ''].filter((note) => note !== ''),
  };
}

/** See ToolFinding. */
export function toolFinding({ code, level, when, update, keyPath, message, remedies = [] }: Finding): ToolFinding {
  return {
    ...{ code, level, when, update, key: keyPath.join('.'), message },
    remedies: remedies.map((remedy) =>
      remedy.map((change) => ({
        key: change.keyPath.join('.'),
        change: change.kind,
        ...(change.kind === 'set' ? { value: change.value } : {}),
      })),
    ),
    page: `docs/rules/${code}.md`,
  };
}

/** @param hasGradients whether it is known which updates were clipped */
function measuredOf(
  { updates, clipped, validation, best, accuracy, gradient }: MeasuredOutcome,
  hasGradients: boolean,
): object {
  return {
    clippedUpdates: hasGradients ? clipped : null,
    clippedShare: hasGradients ? answerRatio(clipped, updates) : null,
    lastValidation: validation === undefined ? null : validationOf(validation),
    bestValidation: best === undefined ? null : validationOf(best),
    accuracy: numberOrNull(accuracy),
    gradientThroughTime:
      gradient === undefined
        ? null
        : {
            update: gradient.update,
            normAtFirstStep: answerNumber(gradient.first),
            lastStep: gradient.lastStep ?? null,
            normAtLastStep: answerNumber(gradient.last),
            firstDividedByLast: answerRatio(gradient.first, gradient.last),
          },
  };
}

function validationOf({ updates, validationLoss }: NonNullable<MeasuredOutcome['validation']>): object {
  return { afterUpdates: updates, validationLoss: answerNumber(validationLoss) };
}

function judgementsOf(
  { manifest, state }: ReadableRun,
  measured: MeasuredOutcome,
  findings: readonly Finding[],
): readonly object[] {
  const outcome = { state, updates: manifest.updates, message: manifest.message ?? undefined, measured, findings };
  const judged = judge(expectationsOf(manifest), { ...outcome, baselines: manifest.facts.baselines });
  return judged.map(({ key, verdict, message }) => ({ key, verdict, message }));
}

/** What the experiment in a manifest expects; undefined where it expects nothing, or is of another version. */
function expectationsOf(manifest: Manifest): Expectations | undefined {
  const resolved = storedExperiment(manifest);
  return resolved.kind === 'resolved' ? resolved.experiment.expect : undefined;
}
