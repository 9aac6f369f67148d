import { Uri, type WebviewPanel } from 'vscode';
import * as z from 'zod/mini';
import { setPanelTitle } from '../platform/labels';
import type { Log } from '../platform/log';
import { Throttler } from '../platform/throttler';
import { uriText } from '../platform/uriText';
import type { Channel } from '../protocol/channel';
import type { PageContract } from '../protocol/page';
import {
  rangeTestRequests,
  storedRangeTestSchema,
  type RangeTestHostContract,
  type RangeTestState,
} from '../protocol/rangeTest';
import { fileNameOf, readExperiment } from '../session/experimentText';
import { RangeTestSession } from '../session/live/rangeTestSession';
import type { Target } from '../session/sessions';
import type { StartTrainerWorker } from '../session/trainers/trainerWorker';
import { pageOf } from './page';
import { connectPage } from './pageChannel';
import type { PanelView } from './panels';
import { translate } from '../text/translate';

/** What a range test uses of the extension. */
export interface RangeTestParts {
  readonly extension: Uri;
  readonly startWorker: StartTrainerWorker;
  /** Writes the learning rate of a target into its file; the reply says what became of it. */
  readonly write: (target: Target, rate: number) => Promise<string>;
  readonly log: Log;
}

/** A range test as it is stored for the time after a reload of the window: what is tested, and the last result. */
export const savedRangeTestSchema = z.object({
  uri: uriText,
  variant: z.optional(z.string()),
  /** undefined until a test has ended. */
  test: z.optional(storedRangeTestSchema),
});

/** See savedRangeTestSchema. */
export type SavedRangeTest = Readonly<z.infer<typeof savedRangeTestSchema>>;

const refreshMilliseconds = 100;

/** The panel of a range test: runs it, shows its curve, and writes the rate that a person chooses. */
export class RangeTestPanel implements PanelView {
  readonly #target: Target;
  readonly #channel: Channel<RangeTestHostContract, PageContract>;
  readonly #title: string;
  readonly #changes = new Throttler(refreshMilliseconds, () => {
    this.#channel.emit('show', this.#state);
  });
  #state: RangeTestState;
  #session: RangeTestSession | undefined;

  /**
   * @param saved the test of before a reload of the window, or one that `start` is still to begin
   * @param onShow called with what is to be stored, and the panel's title, whenever it has changed
   */
  constructor(
    readonly panel: WebviewPanel,
    saved: SavedRangeTest,
    readonly parts: RangeTestParts,
    readonly onShow: (saved: SavedRangeTest, title: string) => void,
  ) {
    const { uri, variant, test } = saved;
    this.#target = { uri: Uri.parse(uri), variant };
    const name = `${fileNameOf(this.#target.uri)}${variant === undefined ? '' : ` (${variant})`}`;
    const common = { target: { uri, variant }, name, present: undefined } as const;
    this.#state =
      test === undefined
        ? { ...common, kind: 'failed', message: translate`The window was reloaded before the test had ended.` }
        : { ...common, kind: 'done', test: { ...test, suggestion: test.suggestion }, written: undefined };
    this.#title = setPanelTitle(panel, translate`Unroll: learning rate of ${name}`);
    this.onShow(saved, this.#title);
    this.#channel = connectPage<RangeTestHostContract>('Range test', panel.webview, parts.log, rangeTestRequests, {
      ready: () => this.#state,
      again: () => {
        this.start();
        return undefined;
      },
      write: async (rate) => {
        const written = await parts.write(this.#target, rate);
        if (this.#state.kind === 'done') this.#show({ ...this.#state, written });
        return undefined;
      },
    });
    panel.webview.html = pageOf(panel.webview, parts.extension, 'rangeTest');
    void this.#readPresent();
  }

  /** Tests the file as it is now; ends a test that is running. */
  start(): void {
    void this.#run();
  }

  dispose(): void {
    const session = this.#session;
    // What it still comes to is of no panel: it would be stored as open, and shown again after a reload.
    this.#session = undefined;
    session?.dispose();
    this.#channel.close('The panel was closed.');
    this.#changes.dispose();
  }

  /** Reads the rate that the file has now. */
  async #readPresent(): Promise<void> {
    const parsed = await readExperiment(this.#target.uri).catch(() => undefined);
    const resolved = parsed?.kind === 'experiment' ? parsed.file.resolve(this.#target.variant) : undefined;
    if (resolved?.kind === 'resolved')
      this.#show({ ...this.#state, present: resolved.experiment.optimizer.learningRate });
  }

  async #run(): Promise<void> {
    this.#session?.dispose();
    const { name, target } = this.#state;
    let present: number | undefined;
    const session = new RangeTestSession(this.#target, this.parts.startWorker, (progress) => {
      if (this.#session === session) this.#show({ target, name, present, kind: 'running', progress });
    });
    this.#session = session;
    this.#show({ target, name, present, kind: 'running', progress: undefined });
    const outcome = await session.run((experiment) => {
      present = experiment.optimizer.learningRate;
    });
    // Another test was started meanwhile, or the panel was closed.
    if (this.#session !== session || outcome.kind === 'ended') return;
    this.#show({ target, name, present, ...(outcome.kind === 'done' ? { ...outcome, written: undefined } : outcome) });
    this.onShow({ ...target, ...(outcome.kind === 'done' ? { test: outcome.test } : {}) }, this.#title);
  }

  #show(state: RangeTestState): void {
    this.#state = state;
    this.#changes.schedule();
  }
}
