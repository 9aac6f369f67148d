import { commands as registry, Uri, workspace, type Disposable } from 'vscode';
import { commands } from '../../platform/ids';
import { showErrorMessage, showInformationMessage } from '../../platform/messages';
import { stateLabels } from '../../protocol/run';
import type { Session } from '../../session/session';
import type { Sessions, Target } from '../../session/sessions';
import { formatFindings } from '../../text/findingCount';
import { formatNumber } from '../../text/numbers';
import { targetOf } from '../targets';
import type { FixRequest } from './findingActions';

/** What fixing and training again uses of the extension. */
export interface FixAndTrainParts {
  readonly sessions: Sessions;
  readonly train: (target: Target) => Promise<void>;
  /** Opens a comparison of stored runs. */
  readonly compare: (folders: readonly Uri[]) => void;
}

/** Registers the command that applies a fix to a file, trains again, and says what that changed. */
export function registerFixAndTrain(parts: FixAndTrainParts): Disposable {
  return registry.registerCommand(
    commands.fixAndTrain,
    async (uri: unknown, variant: unknown, seed: unknown, request: unknown) => {
      const target = typeof uri === 'string' ? targetOf(uri, variant, seed) : undefined;
      if (target === undefined || typeof request !== 'object' || request === null) return;
      await fixAndTrain(parts, target, request as FixRequest);
    },
  );
}

async function fixAndTrain({ sessions, train, compare }: FixAndTrainParts, target: Target, fix: FixRequest) {
  const before = outcomeOf(sessions.get(target));
  const document = await workspace.openTextDocument(target.uri);
  const { editOf } = await import('./findingActions');
  const edit = editOf(document, fix.changes);
  if (edit.size === 0 || !(await workspace.applyEdit(edit))) {
    void showErrorMessage('The file has changed, so that this fix no longer applies.');
    return;
  }
  await train(target);
  const session = sessions.get(target);
  if (session === undefined || before === undefined) return;
  await over(session, sessions);
  // Another run has been started meanwhile, or this one was refused.
  if (sessions.get(target) !== session || session.status.state === 'refused') return;
  const after = outcomeOf(session);
  if (after === undefined) return;
  const folders = [before.folder, after.folder].filter((folder) => folder !== undefined);
  const compareBoth = 'Compare Before and After';
  const message = `${fix.title}: ${changeOf(before, after)}`;
  const answer = await showInformationMessage(message, ...(folders.length === 2 ? [compareBoth] : []));
  if (answer === compareBoth) compare(folders.map((folder) => Uri.file(folder)));
}

/** What a run came to. */
export interface Outcome {
  readonly state: string;
  readonly loss: number | undefined;
  readonly validationLoss: number | undefined;
  readonly findings: Session['status']['findings'];
  readonly folder: string | undefined;
}

function outcomeOf(session: Session | undefined): Outcome | undefined {
  if (session === undefined) return undefined;
  const { state, loss, validationLoss, findings } = session.status;
  return { state: stateLabels[state], loss, validationLoss, findings, folder: session.folder };
}

/** What differs between a run and the one before, as sentences. */
export function changeOf(before: Outcome, after: Outcome): string {
  const numbers = [
    ...change('loss', before.loss, after.loss),
    ...change('held-out loss', before.validationLoss, after.validationLoss),
  ];
  const state =
    after.state === 'finished' ? '' : ` The run ${after.state === 'stopped' ? 'was' : 'has'} ${after.state}.`;
  const gone = before.findings.filter(({ code }) => !after.findings.some((other) => other.code === code));
  const cleared = gone.length === 0 ? '' : ` No longer found: ${gone.map(({ code }) => code).join(', ')}.`;
  const left = after.findings.length === 0 ? ' No findings are left.' : ` Left: ${formatFindings(after.findings)}.`;
  return `${numbers.join(', ')}.${state}${cleared}${left}`;
}

function change(name: string, before: number | undefined, after: number | undefined): readonly string[] {
  if (after === undefined) return [];
  const from = before === undefined ? '' : `${formatNumber(before)} → `;
  return [`${name} of the last update ${from}${formatNumber(after)}`];
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
