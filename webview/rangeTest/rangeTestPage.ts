import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { RangeTest, RangeTestHostContract, RangeTestState } from '../../src/protocol/rangeTest';
import { formatExact, formatNumber, formatShortNumber } from '../../src/text/numbers';
import { connectHost, reportFaults } from '../page/host';
import { buttonTemplate } from '../ui/controls';
import { lossAt, rangePicture } from './rangePicture';
import { translate, translateMessage } from '../../src/text/translate';
import './rangeTest.css';

/** Rows of the table behind the picture: the whole curve is in the picture. */
const tableRows = 36;

/** The page of a range test: shows its curve, and lets a person choose the rate that is written into the file. */
export function showRangeTest(root: HTMLElement): void {
  const host = connectHost<RangeTestHostContract>();
  const { channel } = host;
  const report = reportFaults(channel);
  let state: RangeTestState | undefined;
  let pointed: number | undefined;
  const write = (rate: number) => () => void channel.request('write', rate).catch(report);
  const again = (): void => void channel.request('again', undefined).catch(report);
  const draw = (): void => {
    if (state === undefined) return;
    host.saveState(state.target);
    render(pageOf(state), root);
  };

  const pageOf = (shown: RangeTestState): TemplateResult =>
    html`<header class="notebook-head"><h1>${translate`Learning rate of`} ${shown.name}</h1></header>
      <div class="range-test">${contentOf(shown)}</div>`;

  const contentOf = (shown: RangeTestState): TemplateResult => {
    switch (shown.kind) {
      case 'running': {
        const { done = 0, total = 1 } = shown.progress ?? {};
        return html`<p role="status">
            ${shown.progress === undefined ? translate`Reading the experiment…` : translate`Testing: update ${formatExact(done)} of at most ${formatExact(total)}…`}
          </p>
          <progress max=${total} value=${done} aria-label=${translate`Updates`}></progress>`;
      }
      case 'failed':
        return html`<p role="alert" class="range-failure">${translateMessage(shown.message)}</p>
          <p>${buttonTemplate({ label: translate`Test again`, onPress: again })}</p>`;
      case 'done':
        return doneTemplate(shown.test, shown.present, shown.written);
      default:
        return shown satisfies never;
    }
  };

  const doneTemplate = (test: RangeTest, present: number | undefined, written: string | undefined): TemplateResult => {
    const picture = rangePicture(test, Math.max(300, root.clientWidth) - 28, pointed);
    const rateOf = (event: MouseEvent): number | undefined =>
      picture.rateAt(event.clientX - (event.currentTarget as Element).getBoundingClientRect().left);
    const point = (event: MouseEvent): void => {
      pointed = event.type === 'mouseleave' ? undefined : rateOf(event);
      draw();
    };
    const choose = (event: MouseEvent): void => {
      const rate = rateOf(event);
      if (rate !== undefined) write(rate)();
    };
    return html`<p>${translateMessage(test.reason)}</p>
      <div class="range-frame" @mousemove=${point} @mouseleave=${point} @click=${choose}>${picture.template}</div>
      <p class="readout">
        ${pointed === undefined ? translate`Loss over the learning rate. Click at a rate to write it into the file.` : translate`Learning rate ${formatShortNumber(pointed)}, ${lossAt(test, pointed)}: click to write it into the file`}
      </p>
      <p class="range-legend">
        <span class="key loss">${translate`loss`}</span><span class="key smoothed">${translate`smoothed`}</span>${
          test.suggestion === undefined
            ? nothing
            : html`<span class="key suggested">${translate`suggested`}</span
                ><span class="key steepest">${translate`steepest`}</span
                ><span class="key lowest">${translate`lowest`}</span>`
        }
      </p>
      <p class="range-buttons">
        ${buttonsOf(test)} ${buttonTemplate({ label: translate`Test again`, onPress: again })}
      </p>
      <p role="status">
        ${written ?? (present === undefined ? '' : translate`The file has the learning rate ${formatShortNumber(present)}.`)}
      </p>
      ${tableOf(test)}`;
  };

  const buttonsOf = ({ suggestion }: RangeTest): readonly TemplateResult[] => {
    if (suggestion === undefined) return [];
    const { rate, steepest } = suggestion;
    const button = (label: string, value: number, appearance: 'primary' | 'secondary'): TemplateResult =>
      buttonTemplate({
        label: translate`Write ${formatShortNumber(value)} (${label})`,
        appearance,
        onPress: write(value),
      });
    return [
      button('suggested', rate, 'primary'),
      ...(steepest === rate ? [] : [button('steepest', steepest, 'secondary')]),
    ];
  };

  channel.on('show', (next) => {
    state = next;
    draw();
  });
  new ResizeObserver(draw).observe(root);
  channel.request('ready', undefined).then((first) => {
    state = first;
    draw();
  }, report);
}

/** The curve as a table, for those who don't see it. */
function tableOf({ rates, losses, smoothed }: RangeTest): TemplateResult {
  const step = Math.max(1, Math.ceil(rates.length / tableRows));
  const rows = rates.flatMap((rate, i) => (i % step === 0 ? [[rate, losses[i] ?? NaN, smoothed[i] ?? NaN]] : []));
  return html`<details>
    <summary>${translate`Table`}</summary>
    <table>
      <thead>
        <tr>
          ${[translate`learning rate`, translate`loss`, translate`smoothed`].map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((value) => html`<td>${formatNumber(value)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}
