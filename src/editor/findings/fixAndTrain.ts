import type { Uri } from 'vscode';
import { commands as registry, window, workspace, type Disposable } from 'vscode';
import { remedySchema, type Remedy } from '../../diagnosis/remedy';
import { formatRemedy } from '../../text/remedyText';
import { commands } from '../../platform/ids';
import { showErrorMessage, showInformationMessage } from '../../platform/messages';
import { stateLabels, type RunBeforeFix, type RunStatus } from '../../protocol/run';
import type { Session } from '../../session/session';
import type { Sessions, Target } from '../../session/sessions';
import { formatFindings } from '../../text/findingCount';
import { formatLossChange } from '../../text/lossChange';
import { targetOf } from '../../session/targets';
import type { FixRequest } from './findingActions';
import { uriOfLocation } from '../../session/files/location';
import { translate } from '../../text/translate';

/** What fixing and training again uses of the extension. */
export interface FixAndTrainParts {
  readonly sessions: Sessions;
  readonly train: (target: Target) => Promise<void>;
  /** Opens a comparison of stored runs. */
  readonly compare: (folders: readonly Uri[]) => void;
}

/**
 * Registers the commands that apply a fix to a file, train again, and compare the run with the one before; and the one that
 * applies a remedy of a finding that the panel shows.
 */
export function registerFixAndTrain(parts: FixAndTrainParts): Disposable[] {
  return [
    registry.registerCommand(
      commands.fixAndTrain,
      async (uri: unknown, variant: unknown, seed: unknown, request: unknown) => {
        const target = typeof uri === 'string' ? targetOf(uri, variant, seed) : undefined;
        if (target === undefined || typeof request !== 'object' || request === null) return;
        await fixAndTrain(parts, target, request as FixRequest);
      },
    ),
    registry.registerCommand(
      commands.applyRemedy,
      async (uri: unknown, variant: unknown, seed: unknown, remedy: unknown, use: unknown) => {
        const target = typeof uri === 'string' ? targetOf(uri, variant, seed) : undefined;
        const known = remedySchema.safeParse(remedy);
        if (target === undefined || !known.success) return;
        await applyRemedy(parts, target, known.data, use === 'variant' || use === 'trial' ? use : 'train');
      },
    ),
    registry.registerCommand(commands.compareBeforeFix, (uri: unknown, variant: unknown, seed: unknown) => {
      const target = typeof uri === 'string' ? targetOf(uri, variant, seed) : undefined;
      const session = target === undefined ? undefined : parts.sessions.get(target);
      if (session !== undefined) compareBoth(parts, session.status.beforeFix?.folder, session.folder);
    }),
  ];
}

/**
 * Applies a remedy to the file as it is now: in place, and trains again; or as a new variant, which is shown, or trained
 * for a trial.
 */
async function applyRemedy(
  parts: FixAndTrainParts,
  target: Target,
  remedy: Remedy,
  use: 'train' | 'variant' | 'trial',
): Promise<void> {
  const document = await workspace.openTextDocument(target.uri);
  // Slow to load, and not needed before.
  const { parseExperiment } = await import('../../experiment/parse');
  const parsed = parseExperiment(document.getText());
  if (parsed.kind !== 'experiment') {
    void showErrorMessage(
      translate`The experiment has problems, so that this fix cannot be applied. They are listed in its editor.`,
    );
    return;
  }
  const { editOf, fixOf, trialOf } = await import('./findingActions');
  const text = document.getText();
  if (use === 'train') {
    const fix = fixOf(text, parsed.file, remedy, target.variant);
    if (fix !== undefined) await fixAndTrain(parts, target, fix);
    else
      void showErrorMessage(
        translate`${formatRemedy(remedy)}: this can't be done in the file as it is now, which has these values already or would then have problems, such as in one of its variants. Add it as a variant instead.`,
      );
    return;
  }
  const variant = trialOf(text, parsed.file, remedy, target.variant);
  if (variant === undefined) {
    void showErrorMessage(
      translate`The file has changed, so that this fix no longer applies: ${formatRemedy(remedy)}.`,
    );
    return;
  }
  const edit = editOf(document, [variant]);
  const [place] = edit.get(target.uri);
  if (place === undefined || !(await workspace.applyEdit(edit))) return;
  if (use === 'trial') {
    await parts.train({ uri: target.uri, variant: variant.name, seed: target.seed });
    return;
  }
  const editor = await window.showTextDocument(document);
  editor.revealRange(place.range);
}

async function fixAndTrain(parts: FixAndTrainParts, target: Target, fix: FixRequest) {
  const { sessions, train } = parts;
  const earlier = sessions.get(target);
  const document = await workspace.openTextDocument(target.uri);
  const { editOf } = await import('./findingActions');
  const edit = editOf(document, fix.changes);
  if (edit.size === 0 || !(await workspace.applyEdit(edit))) {
    void showErrorMessage(translate`The file has changed, so that this fix no longer applies.`);
    return;
  }
  await train(target);
  const session = sessions.get(target);
  if (session?.kind !== 'live' || earlier === undefined) return;
  const before = beforeFixOf(earlier, session, fix.title);
  session.followFix(before);
  // VS Code shows that a quick fix is being applied until its command returns; the run may take hours.
  void reportFix(parts, target, session, before);
}

/** Says what a fix came to once its run is over, and offers to compare it with the run before. */
async function reportFix(
  parts: FixAndTrainParts,
  target: Target,
  session: Session,
  before: RunBeforeFix,
): Promise<void> {
  const { sessions } = parts;
  await over(session, sessions);
  // Another run has been started meanwhile, or this one was refused.
  if (sessions.get(target) !== session || session.status.state === 'refused') return;
  const hasBoth = before.folder !== undefined && session.folder !== undefined;
  const compareAction = translate`Compare Before and After`;
  const message = `${before.fix}: ${changeOf(before, session.status)}`;
  const answer = await showInformationMessage(message, ...(hasBoth ? [compareAction] : []));
  if (answer === compareAction) compareBoth(parts, before.folder, session.folder);
}

function compareBoth({ compare }: FixAndTrainParts, before: string | undefined, after: string | undefined): void {
  if (before !== undefined && after !== undefined) compare([before, after].map((folder) => uriOfLocation(folder)));
}

function beforeFixOf(earlier: Session, session: Session, fix: string): RunBeforeFix {
  const { state, loss, validationLoss, findings } = earlier.status;
  const isSameMeasure = measureOf(earlier) === measureOf(session);
  return { fix, state, loss, validationLoss, findings, folder: earlier.folder, isSameMeasure };
}

/** What the losses of a run are of. */
function measureOf({ experiment }: Session): string {
  const { data, loss } = (experiment ?? {}) as { readonly data?: unknown; readonly loss?: unknown };
  return JSON.stringify([data, loss]);
}

/** What differs between a run and the one before, as sentences. */
function changeOf(before: RunBeforeFix, after: RunStatus): string {
  const loss = formatLossChange(before, after, before.isSameMeasure);
  const state =
    after.state === 'finished'
      ? ''
      : after.state === 'stopped'
        ? translate` The run was ${stateLabels[after.state]}.`
        : translate` The run has ${stateLabels[after.state]}.`;
  const gone = before.findings.filter(({ code }) => !after.findings.some((other) => other.code === code));
  const cleared = gone.length === 0 ? '' : translate` No longer found: ${gone.map(({ code }) => code).join(', ')}.`;
  const left =
    after.findings.length === 0
      ? translate` No findings are left.`
      : translate` Left: ${formatFindings(after.findings)}.`;
  return `${loss === undefined ? '' : `${loss}.`}${state}${cleared}${left}`;
}

/** Resolves when a run is over. */
function over(session: Session, sessions: Sessions): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (session.isLive) return;
      for (const subscription of subscriptions) subscription.dispose();
      resolve();
    };
    const subscriptions = [sessions.onDidChange(check), sessions.onDidReplace(check)];
    check();
  });
}
