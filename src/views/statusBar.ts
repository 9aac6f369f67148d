import type { Disposable } from 'vscode';
import { commands } from '../platform/ids';
import { StatusItem, type StatusPart } from '../platform/statusItem';
import { formatDuration, formatNumber, formatExact, formatMemoryEstimate } from '../text/numbers';
import { pendingLabels, stateLabels } from '../protocol/run';
import { targetName } from '../session/experimentText';
import type { Session } from '../session/session';
import type { Sessions } from '../session/sessions';
import { formatComputation } from '../text/computation';
import { translate } from '../text/translate';

/** The current run in the status bar: update, speed, time left, loss; pressing it shows the run. */
export class RunStatusBar implements Disposable {
  readonly #item = new StatusItem('unroll.run', 'Unroll: Run', commands.showRun);
  readonly #subscription: Disposable;

  constructor(readonly sessions: Sessions) {
    this.#subscription = sessions.onDidChange(() => {
      this.#show(sessions.current);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }

  #show(session: Session | undefined): void {
    if (session?.isLive !== true) {
      this.#item.hide();
      return;
    }
    const { updates, updatesPerSecond, secondsLeft, loss, saved, message, pending, state: reached } = session.status;
    const shown = reached === 'running' ? translate`running` : stateLabels[reached];
    const state = pending === undefined ? shown : pendingLabels[pending];
    const planned = session.info?.plannedUpdates;
    const count = `${formatExact(updates)}${planned === undefined ? '' : ` / ${formatExact(planned)}`}`;
    const parts: readonly StatusPart[] = [
      { icon: reached === 'paused' ? 'debug-pause' : 'sync~spin', text: count },
      ...(updatesPerSecond === undefined ? [] : [{ text: translate`${formatNumber(updatesPerSecond)} updates/s` }]),
      ...(secondsLeft === undefined ? [] : [{ text: translate`${formatDuration(secondsLeft)} left` }]),
      ...(loss === undefined ? [] : [{ text: translate`loss ${formatNumber(loss)}` }]),
      ...(saved === 'waiting' ? [{ icon: 'warning', text: translate`not saved` }] : []),
    ];
    const { info } = session;
    const computation =
      info === undefined
        ? ''
        : translate`\n${formatComputation(info)}, ${formatMemoryEstimate(info.memoryBytes)} of memory`;
    const name = targetName(session);
    this.#item.show({
      parts,
      tooltip: `${name}: ${state}${computation}${message === undefined ? '' : `\n${message}`}`,
      accessibilityLabel: translate`Unroll run ${state}: ${parts.map(({ text }) => text).join(', ')}`,
    });
  }
}
