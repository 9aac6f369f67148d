import type { CancellationToken, Disposable } from 'vscode';
import type { Launch, Launcher } from './launcher';
import type { LiveSession } from './liveSession';
import type { Target } from '../sessions';

/**
 * Trains a target as ▶ Train does, and waits until its run is over. When the token is cancelled the run is stopped, with a
 * checkpoint.
 *
 * @param onAccepted called before the first record of the run
 */
export async function trainUntilOver(
  launcher: Launcher,
  target: Target,
  token: CancellationToken,
  onAccepted: (session: LiveSession) => void,
): Promise<Launch> {
  let own: LiveSession | undefined;
  const cancelling = token.onCancellationRequested(() => void own?.stop());
  try {
    const launch = await launcher.launch(
      target,
      (session) => {
        own = session;
        onAccepted(session);
        if (token.isCancellationRequested) void session.stop();
      },
      true,
    );
    if (launch.kind === 'started') await untilOver(launch.session);
    return launch;
  } finally {
    cancelling.dispose();
  }
}

async function untilOver(session: LiveSession): Promise<void> {
  if (!session.isLive) return;
  await new Promise<void>((resolve) => {
    const listening: Disposable = session.onDidChange(() => {
      if (session.isLive) return;
      listening.dispose();
      resolve();
    });
  });
}
