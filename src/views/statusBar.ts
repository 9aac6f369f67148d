import { StatusBarAlignment, window, type Disposable, type StatusBarItem } from 'vscode';
import { commands } from '../platform/ids';
import { computationInWords, memoryInWords } from '../protocol/computation';
import { briefDuration, briefNumber } from '../protocol/numbers';
import { fileNameOf } from '../session/experimentText';
import type { Session } from '../session/session';
import type { Sessions } from '../session/sessions';

/** The current run in the status bar: update, speed, time left, loss; pressing it shows the run. */
export class RunStatusBar implements Disposable {
  readonly #item: StatusBarItem = window.createStatusBarItem('unroll.run', StatusBarAlignment.Left);
  readonly #subscription: Disposable;

  constructor(readonly sessions: Sessions) {
    this.#item.name = 'Unroll: Run';
    this.#item.command = commands.showRun;
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
    const { state, updates, updatesPerSecond, secondsLeft, loss, kept, message } = session.status;
    const planned = session.facts?.plannedUpdates;
    const parts = [
      `${icon(state)} ${updates.toLocaleString('en-US')}${planned === undefined ? '' : ` / ${planned.toLocaleString('en-US')}`}`,
      ...(updatesPerSecond === undefined ? [] : [`${briefNumber(updatesPerSecond)} updates/s`]),
      ...(secondsLeft === undefined ? [] : [`${briefDuration(secondsLeft)} left`]),
      ...(loss === undefined ? [] : [`loss ${briefNumber(loss)}`]),
      ...(kept === 'waiting' ? ['$(warning) not on disk'] : []),
    ];
    this.#item.text = parts.join(' · ');
    const { facts } = session;
    const computed =
      facts === undefined ? '' : `\n${computationInWords(facts)}, ${memoryInWords(facts.memoryBytes)} of memory`;
    const name = `${fileNameOf(session.uri)}${session.variant === undefined ? '' : ` (${session.variant})`}`;
    this.#item.tooltip = `${name}: ${state}${computed}${message === undefined ? '' : `\n${message}`}`;
    this.#item.accessibilityInformation = { label: `Unroll run ${state}: ${parts.slice(0).join(', ')}` };
    this.#item.show();
  }
}

function icon(state: string): string {
  return state === 'paused' ? '$(debug-pause)' : '$(sync~spin)';
}
