import { ViewColumn, window, type Uri, type WebviewPanel } from 'vscode';
import { rangeTestViewType } from '../platform/ids';
import { setPanelTitle } from '../platform/labels';
import type { Log } from '../platform/log';
import { Throttler } from '../platform/throttler';
import type { Channel } from '../protocol/channel';
import type { PageContract } from '../protocol/page';
import { rangeTestRequests, type RangeTestHostContract, type RangeTestState } from '../protocol/rangeTest';
import { fileNameOf } from '../session/experimentText';
import { RangeTestSession } from '../session/live/rangeTestSession';
import type { Target } from '../session/sessions';
import type { StartTrainerWorker } from '../session/trainers/trainerWorker';
import { pageOf, webviewRoot } from './page';
import { connectPage } from './pageChannel';

/** What a range test uses of the extension. */
export interface RangeTestParts {
  readonly extension: Uri;
  readonly startWorker: StartTrainerWorker;
  /** Writes the learning rate of a target into its file; the reply says what became of it. */
  readonly write: (target: Target, rate: number) => Promise<string>;
  readonly log: Log;
}

const refreshMilliseconds = 100;

/** Opens a panel that tests the learning rates of a target; closing it ends the test. */
export function openRangeTest(target: Target, parts: RangeTestParts): void {
  const panel = window.createWebviewPanel(rangeTestViewType, 'Unroll', ViewColumn.Beside, {
    enableScripts: true,
    localResourceRoots: [webviewRoot(parts.extension)],
  });
  const view = new RangeTestPanel(panel, target, parts);
  panel.onDidDispose(() => {
    view.dispose();
  });
}

/** The panel of a range test: runs it, shows its curve, and writes the rate that a person chooses. */
class RangeTestPanel {
  readonly #channel: Channel<RangeTestHostContract, PageContract>;
  readonly #changes = new Throttler(refreshMilliseconds, () => {
    this.#channel.emit('show', this.#state);
  });
  #state: RangeTestState;
  #session: RangeTestSession | undefined;

  constructor(
    readonly panel: WebviewPanel,
    readonly target: Target,
    readonly parts: RangeTestParts,
  ) {
    const name = `${fileNameOf(target.uri)}${target.variant === undefined ? '' : ` (${target.variant})`}`;
    this.#state = { name, present: undefined, kind: 'running', progress: undefined };
    setPanelTitle(panel, `Unroll: learning rate of ${name}`);
    this.#channel = connectPage<RangeTestHostContract>('Range test', panel.webview, parts.log, rangeTestRequests, {
      ready: () => this.#state,
      again: () => {
        void this.#run();
        return undefined;
      },
      write: async (rate) => {
        const written = await parts.write(target, rate);
        if (this.#state.kind === 'done') this.#show({ ...this.#state, written });
        return undefined;
      },
    });
    panel.webview.html = pageOf(panel.webview, parts.extension, 'rangeTest');
    void this.#run();
  }

  dispose(): void {
    this.#session?.dispose();
    this.#channel.close('The panel was closed.');
    this.#changes.dispose();
  }

  async #run(): Promise<void> {
    this.#session?.dispose();
    const { name } = this.#state;
    let present: number | undefined;
    const session = new RangeTestSession(this.target, this.parts.startWorker, (progress) => {
      if (this.#session === session) this.#show({ name, present, kind: 'running', progress });
    });
    this.#session = session;
    this.#show({ name, present, kind: 'running', progress: undefined });
    const outcome = await session.run((experiment) => {
      present = experiment.optimizer.learningRate;
    });
    // Another test was started meanwhile.
    if (this.#session !== session) return;
    this.#show({ name, present, ...(outcome.kind === 'done' ? { ...outcome, written: undefined } : outcome) });
  }

  #show(state: RangeTestState): void {
    this.#state = state;
    this.#changes.schedule();
  }
}
