import { html, nothing, type TemplateResult } from 'lit-html';
import { isLive, stateLabels, type RunBeforeFix, type RunStatus } from '../../../src/protocol/run';
import { formatFindings } from '../../../src/text/findingCount';
import { formatLossChange } from '../../../src/text/lossChange';
import { formatNumber } from '../../../src/text/numbers';
import { buttonTemplate } from '../../ui/controls';
import { translate } from '../../../src/text/translate';

/** The codes that an earlier run had and this one does not have, and the other way round. */
function codesOnlyIn(some: RunStatus['findings'], others: RunStatus['findings']): readonly string[] {
  return some.filter(({ code }) => !others.some((other) => other.code === code)).map(({ code }) => code);
}

/** One line on what a fix has changed: findings that are gone, and new ones; some are made at the end of a run only. */
export function formatFixed({ fix, ...before }: RunBeforeFix, status: RunStatus): string {
  const { state, findings } = status;
  if (isLive(state)) {
    const soFar = findings.length === 0 ? translate`none` : formatFindings(findings);
    return translate`${fix}: the run before had ${formatFindings(before.findings)}; this one has ${soFar} so far.`;
  }
  const [gone, fresh] = [codesOnlyIn(before.findings, findings), codesOnlyIn(findings, before.findings)];
  const loss = formatLossChange(before, status, before.isSameMeasure);
  const parts = [
    ...(gone.length === 0 ? [] : [translate`no longer found: ${gone.join(', ')}`]),
    ...(fresh.length === 0 ? [] : [translate`new: ${fresh.join(', ')}`]),
  ];
  const found = parts.length === 0 ? translate`the findings are those of the run before` : parts.join('; ');
  return `${fix}: ${loss === undefined ? '' : `${loss}; `}${found}.`;
}

/**
 * What a run came to beside the one before the fix.
 *
 * @param onCompare opens the comparison of both; undefined where one of them is not saved
 */
export function beforeFixTemplate(
  before: RunBeforeFix,
  status: RunStatus,
  onCompare: (() => void) | undefined,
): TemplateResult {
  const number = (value: number | undefined): string => (value === undefined ? '–' : formatNumber(value));
  const findings = (of: RunStatus['findings']): string => (of.length === 0 ? translate`none` : formatFindings(of));
  const rows: readonly (readonly [string, string, string])[] = [
    [translate`loss of the last update`, number(before.loss), number(status.loss)],
    ...(before.validationLoss === undefined && status.validationLoss === undefined
      ? []
      : [[translate`held-out loss`, number(before.validationLoss), number(status.validationLoss)] as const]),
    [translate`findings`, findings(before.findings), findings(status.findings)],
    [translate`state`, stateLabels[before.state], stateLabels[status.state]],
  ];
  return html`<table class="parameters before-fix">
      <caption>
        ${before.fix}
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${translate`before`}</th>
          <th scope="col">${translate`after`}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, was, is]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${was}</td>
              <td>${is}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${onCompare === undefined ? nothing : buttonTemplate({ label: translate`Compare before and after`, onPress: onCompare })}`;
}
