import { html, type TemplateResult } from 'lit-html';
import { formatNumber } from '../../../src/text/numbers';
import { SignedScale } from '../../plot/heatmap/signedScale';
import type { View } from '../../store/model';
import type { Theme } from '../../theme/theme';

/** The colours of the net's nodes, and the magnitudes with the strongest ones. */
export function netLegend(limits: View['netLimits'], theme: Theme): TemplateResult {
  const scale = new SignedScale(1, theme);
  const colours = [-1, -0.5, 0, 0.5, 1].map((value) => scale.css(value)).join(', ');
  const ends = new Map<string, string[]>();
  for (const [symbol, limit] of Object.entries(limits)) {
    const end = `±${formatNumber(limit)}`;
    ends.set(end, [...(ends.get(end) ?? []), symbol]);
  }
  const limitTexts = [...ends].map(([end, symbols]) => `${symbols.join(', ')}: ${end}`);
  return html`<span
      >negative <i class="signed-bar" .style=${`background: linear-gradient(to right, ${colours})`}></i> positive</span
    ><span>${limitTexts.join(' · ')}</span>`;
}
