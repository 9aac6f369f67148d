import { html, render } from 'lit-html';
import { reasonOf } from '../../../src/protocol/channel';
import type { Horizon } from '../../../src/protocol/gradientFlow';
import { notInFile } from '../../../src/protocol/recording';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import { isLive } from '../../../src/protocol/run';
import { formatCount } from '../../../src/text/numbers';
import type { Model, ShownRun } from '../../store/model';
import type { Store } from '../../store/store';
import { buttonTemplate } from '../../ui/controls';
import { element } from '../../ui/element';
import type { Drawing } from '../cell/cellFrame';
import { memoKey } from '../memo';
import { translate } from '../../../src/text/translate';
import './horizon.css';

/** The most updates that are measured: enough for a curve, few enough to wait for. */
const mostMeasured = 24;

/** The button that measures the memory horizon over the run, and the line that says how far it is. */
export class HorizonControls {
  readonly element = element('div', { class: 'horizon-controls' });
  /** The run and the layer that are shown. */
  #of = '';
  #isMeasuring = false;
  #failure = '';

  constructor(
    readonly store: Store,
    readonly request: RequestReplay,
  ) {}

  update({ model }: Drawing): void {
    const { run, view, shared } = model;
    if (run === undefined) return;
    if (shared !== undefined) {
      const words = notInFile(
        translate`the memory horizon over the run, which Unroll measures in VS Code by replaying it`,
      );
      render(html`<p class="status-line">${words}</p>`, this.element);
      return;
    }
    const of = memoKey(run.info.folder, view.layer);
    if (of !== this.#of) this.#failure = '';
    this.#of = of;
    const isStored = run.info.folder !== null && run.status.updates > 0;
    const measure = buttonTemplate({
      label: translate`Measure over the run`,
      hint: translate`Replays up to ${mostMeasured} updates and backpropagates each loss separately`,
      isEnabled: isStored && !this.#isMeasuring,
      onPress: () => {
        void this.#measureRun();
      },
    });
    const status = this.#statusText(run, isStored, measuredHorizons(model)?.length ?? 0);
    render(
      html`${measure}
        <p class="status-line" role="status">${status}</p>`,
      this.element,
    );
  }

  /** Measures update by update and draws each result; switching to another run or layer stops it. */
  async #measureRun(): Promise<void> {
    const { run, view } = this.store.model;
    const folder = run?.info.folder ?? null;
    if (run === undefined || folder === null || this.#isMeasuring) return;
    const of = this.#of;
    const { updates } = run.status;
    const count = Math.min(mostMeasured, updates);
    this.#isMeasuring = true;
    this.#failure = '';
    let measured: readonly Horizon[] = [];
    const show = (): void => {
      this.store.dispatch({ kind: 'viewChanged', view: { horizons: { folder, layer: view.layer, measured } } });
    };
    show();
    try {
      for (let i = 0; i < count && of === this.#of; i++) {
        const update = count === 1 ? 0 : Math.round((i * (updates - 1)) / (count - 1));
        measured = [...measured, await this.request('horizon', { update, layer: view.layer })];
        if (of === this.#of) show();
      }
    } catch (error) {
      this.#failure = reasonOf(error);
    } finally {
      this.#isMeasuring = false;
      this.store.redraw();
    }
  }

  #statusText({ status }: ShownRun, isStored: boolean, measured: number): string {
    if (this.#failure !== '') return translate`Can’t measure it: ${this.#failure}`;
    if (this.#isMeasuring)
      return translate`Measuring: ${measured} of ${formatCount(Math.min(mostMeasured, status.updates), 'update')}.`;
    if (!isStored) return translate`Nothing to measure yet: this needs a run that is stored on disk.`;
    if (measured > 0) return '';
    return isLive(status.state) ? translate`The run continues meanwhile; only finished updates are measured.` : '';
  }
}

/** What was measured of the shown run and layer; undefined where nothing was. */
export function measuredHorizons({ run, view: { horizons, layer } }: Model): readonly Horizon[] | undefined {
  const isShown = horizons !== undefined && horizons.folder === run?.info.folder && horizons.layer === layer;
  return isShown && horizons.measured.length > 0 ? horizons.measured : undefined;
}
