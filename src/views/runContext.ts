import { commands, type Disposable } from 'vscode';
import { contextKeys } from '../platform/ids';
import type { Sessions } from '../session/sessions';

/** Updates the context key that enables pause, resume, step and stop. */
export function trackRunState(sessions: Sessions): Disposable {
  let lastState: string | undefined;
  const update = (): void => {
    const { current } = sessions;
    const state = current?.isLive === true ? current.status.state : 'none';
    if (state === lastState) return;
    lastState = state;
    void commands.executeCommand('setContext', contextKeys.runState, state);
  };
  update();
  return sessions.onDidChange(update);
}
