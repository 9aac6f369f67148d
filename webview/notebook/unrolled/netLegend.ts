import { html, nothing, type TemplateResult } from 'lit-html';
import { formatNumber, formatPowerOfTen } from '../../../src/text/numbers';
import type { LevelOfDetail } from '../../net/layout';
import type { NetGradient } from '../../net/netScene';
import { SignedScale } from '../../plot/heatmap/signedScale';
import { notationIn } from '../../ui/notationTemplate';
import type { View } from '../../store/model';
import type { Theme } from '../../theme/theme';
import { translate } from '../../../src/text/translate';

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
      >${translate`negative`}
      <i class="signed-bar" .style=${`background: linear-gradient(to right, ${colours})`}></i>
      ${translate`positive`}</span
    ><span>${notationIn(limitTexts.join(' · '))}</span>`;
}

/** The colours and thicknesses of the gradient's arrows, and what each arrow is. */
export function gradientLegend(
  gradient: NetGradient | undefined,
  detail: LevelOfDetail,
): TemplateResult | typeof nothing {
  if (gradient === undefined) return nothing;
  const { scale, norms } = gradient;
  const colours = [0, 0.25, 0.5, 0.75, 1].map((share) => scale.cssAt(share)).join(', ');
  const { from, to } = scale.decades;
  const direct = norms.laterCell.length > 0 ? translate`; beside c_t, what passes along c` : '';
  const parts =
    detail === 'colours'
      ? translate`band below h_t: ‖∂L/∂h_t‖`
      : translate`frame of h_t${detail === 'numbers' ? translate` and number below it` : ''}: ‖∂L/∂h_t‖; ` +
        translate`arrow to the left: the part that passes to step t − 1${direct}; arrow down: the part of this step’s loss or of the layer above; dotted: exactly 0`;
  return html`<span
      >${translate`gradient`} ${formatPowerOfTen(from)}
      <i class="signed-bar" .style=${`background: linear-gradient(to right, ${colours})`}></i>
      ${formatPowerOfTen(to)}</span
    ><span>${notationIn(parts)}</span>`;
}
