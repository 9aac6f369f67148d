import { commands, type Disposable } from 'vscode';
import { contextKeys } from '../platform/ids';
import type { Sessions } from '../session/sessions';

/** Keeps the context key that enables pause, resume, step and stop. */
export function trackRunState(sessions: Sessions): Disposable {
  let told: string | undefined;
  const tell = (): void => {
    const { current } = sessions;
    const state = current?.isLive === true ? current.status.state : 'none';
    if (state === told) return;
    told = state;
    void commands.executeCommand('setContext', contextKeys.runState, state);
  };
  tell();
  return sessions.onDidChange(tell);
}
