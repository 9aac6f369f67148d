import { html, render } from 'lit-html';
import { formatShortNumber, formatPercentage } from '../../../src/text/numbers';
import type { ShownRun } from '../../store/model';
import { element } from '../../ui/element';
import { sliderTemplate } from '../../ui/slider';
import { translate } from '../../../src/text/translate';

const positions = 400;

/** A slider over norm thresholds, with the share of this run's updates that each would have clipped. */
export class ThresholdView {
  readonly element = element('label', { class: 'threshold' });

  /** @param onMove called with the threshold that the slider is moved to */
  constructor(readonly onMove: (threshold: number) => void) {}

  /** @param threshold undefined until the slider is moved */
  update(run: ShownRun, threshold: number | undefined): void {
    const range = thresholdRange(run);
    this.element.hidden = range === undefined;
    if (range === undefined) return;
    const [least, most] = range;
    const start = run.info.clip?.kind === 'norm' ? run.info.clip.threshold : Math.sqrt(least * most);
    const shown = threshold ?? start;
    const at = Math.round((Math.log(shown / least) / Math.log(most / least)) * positions);
    const share = threshold === undefined ? shareOfDefault(run, shown) : formatShare(run, shown);
    const text = translate`${formatShortNumber(shown)} would clip ${share} of the updates`;
    render(
      html`<span>${translate`Threshold`}</span>${sliderTemplate({
          label: translate`Threshold of the norm`,
          class: 'threshold-slider',
          most: positions,
          value: at,
          text,
          onMove: (position) => {
            this.onMove(least * (most / least) ** (position / positions));
          },
        })}<span class="threshold-words" role="status">${text}</span>`,
      this.element,
    );
  }
}

/** The share at the slider's first position: for the threshold of the run itself the exact share is known. */
function shareOfDefault(run: ShownRun, threshold: number): string {
  const { info, status } = run;
  const isTrained = info.clip?.kind === 'norm' && threshold === info.clip.threshold;
  if (!isTrained || status.updates === 0) return formatShare(run, threshold);
  return formatPercentage(status.clipped / status.updates);
}

/**
 * The share of the updates whose norm is above a threshold. Beyond 2,048 updates a column of the series covers several,
 * of which only the smallest and the largest norm are known: the share then lies between two numbers.
 */
export function clippedShare({ series }: ShownRun, threshold: number): readonly [least: number, most: number] {
  const { scalars } = series;
  const [highest, lowest, counts] = [
    scalars.values('gradNorm'),
    scalars.values('gradNormMin'),
    scalars.values('count'),
  ];
  let [all, least, most] = [0, 0, 0];
  counts.forEach((count, column) => {
    if (Number.isNaN(count)) return;
    all += count;
    if ((highest[column] ?? NaN) <= threshold) return;
    // In a column that straddles the threshold, at least one update is above it and at least one is not.
    const straddles = (lowest[column] ?? NaN) <= threshold;
    least += straddles ? 1 : count;
    most += straddles ? count - 1 : count;
  });
  return all === 0 ? [0, 0] : [least / all, most / all];
}

function formatShare(run: ShownRun, threshold: number): string {
  const [least = 0, most = 0] = clippedShare(run, threshold).map((share) => Math.round(100 * share));
  return least === most ? `${least} %` : translate`${least} to ${most} %`;
}

/**
 * The thresholds to choose from: from the smallest to the largest norm of the run, its own threshold included; undefined
 * where there is no range.
 */
export function thresholdRange({ series, info }: ShownRun): readonly [number, number] | undefined {
  let [least, most] = [Infinity, 0];
  for (const norm of series.scalars.values('gradNormMin')) if (norm > 0 && norm < least) least = norm;
  for (const norm of series.scalars.values('gradNorm')) if (norm < Infinity && norm > most) most = norm;
  if (most <= least) return undefined;
  const own = info.clip?.kind === 'norm' ? info.clip.threshold : least;
  return [Math.min(least, own), Math.max(most * 1.01, own)];
}
