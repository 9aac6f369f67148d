import { commands as registry, window, type Disposable } from 'vscode';
import { commands } from '../platform/ids';
import { showInformationMessage, showWarningMessage } from '../platform/messages';
import { notifyAfterSeconds } from '../platform/settings';
import { stateLabels } from '../protocol/run';
import { targetName } from '../session/experimentText';
import type { Session } from '../session/session';
import type { Sessions } from '../session/sessions';
import { formatRunEnd } from '../text/runEnd';
import { translate } from '../text/translate';

/** Notifies of the end of a run that took long, where the window is not in front when it ends. */
export class EndNotices implements Disposable {
  readonly #live = new WeakSet<Session>();
  readonly #subscription: Disposable;

  constructor(sessions: Sessions) {
    this.#subscription = sessions.onDidChange((session) => {
      if (session.kind !== 'live') return;
      if (session.isLive) this.#live.add(session);
      else if (this.#live.delete(session)) void notify(session);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

async function notify(session: Session): Promise<void> {
  const { state, seconds, loss, validationLoss, findings } = session.status;
  const least = notifyAfterSeconds(session.uri);
  const isOwnStop = state === 'stopped' || state === 'refused';
  if (window.state.focused || isOwnStop || least === 0 || seconds < least) return;
  const name = targetName(session);
  const message = formatRunEnd({ name, state: stateLabels[state], seconds, loss, validationLoss, findings });
  const show = translate`Show Run`;
  const answer = await (state === 'finished' ? showInformationMessage : showWarningMessage)(message, show);
  if (answer === show) {
    await registry.executeCommand(commands.showRun, session.uri.toString(), session.variant, session.seed);
  }
}
