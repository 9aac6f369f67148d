import { html, render, type TemplateResult } from 'lit-html';
import type { Finding } from '../../src/diagnosis/finding';
import { formatFindings } from '../../src/text/findingCount';
import { formatCount, formatExact } from '../../src/text/numbers';
import { whyNotDiagnosed } from '../../src/text/notDiagnosed';
import { quoteAll } from '../../src/text/quoting';
import { CellFrame, type ToggleCell } from '../notebook/cell/cellFrame';
import { lineSample } from '../plot/legend';
import { element } from '../ui/element';
import type { ComparisonCell, ComparisonDrawing } from './comparisonCell';
import { lineStyle } from './lineStyle';
import type { Comparison, Member } from './model';
import { translate, translateMessage } from '../../src/text/translate';

/** [5] What the rules have found in each run. */
export class FindingsCell implements ComparisonCell {
  readonly title = 'Diagnosis';
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #lists = element('div');
  #drawn = '';

  constructor(toggle: ToggleCell) {
    this.#frame = new CellFrame(5, this.title, toggle);
    this.element = this.#frame.element;
    this.#frame.body.append(this.#lists);
  }

  update({ model, theme }: ComparisonDrawing): void {
    const found = model.members.filter((member) => findingsOf(member).length > 0);
    this.#frame.follow(model.view);
    this.#frame.setSummary(summary(model, found.length));
    const rows = found.flatMap((member) => findingsOf(member).map((finding) => rowOf(member, finding)));
    const key = JSON.stringify(rows);
    this.#frame.setTable(key, () => ({
      caption: translate`Findings of all runs`,
      columns: [
        translate`run`,
        translate`update`,
        translate`level`,
        translate`key`,
        translate`code`,
        translate`finding`,
      ],
      rows,
    }));
    const drawn = JSON.stringify([key, theme.kind, found.map(({ id }) => id)]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    render(
      found.map(
        (member) =>
          html`<h3 class="finding-run">${lineSample(lineStyle(member.id, theme))} ${member.name}</h3>
            <ul class="findings">
              ${findingsOf(member).map(itemOf)}
            </ul>`,
      ),
      this.#lists,
    );
  }
}

function findingsOf({ status }: Member): readonly Finding[] {
  return status?.findings ?? [];
}

function itemOf({ level, when, update, keyPath, message }: Finding): TemplateResult {
  return html`<li class="finding ${level}">
    <div class="finding-head">
      <span class="finding-level">${translateMessage(level)}</span> ${translate`at`}
      <code>${keyPath.join('.')}</code
      >${when === 'start' ? '' : html`<span>${translate`update`} ${formatExact(update)}</span>`}
    </div>
    <p class="finding-text">${translateMessage(message)}</p>
  </li>`;
}

function rowOf({ name }: Member, { update, level, keyPath, code, message }: Finding): readonly (string | number)[] {
  return [name, update, translateMessage(level), keyPath.join('.'), code, translateMessage(message)];
}

function summary({ members }: Comparison, found: number): string {
  const undiagnosed = members.filter(({ run }) => run !== undefined && whyNotDiagnosed(run.info) !== undefined);
  const not =
    undiagnosed.length === 0
      ? ''
      : translate` Not diagnosed, without recorded gradients: ${quoteAll(undiagnosed.map(({ name }) => name))}.`;
  const diagnosed = members.length - undiagnosed.length;
  if (diagnosed === 0) return not.trimStart();
  if (found === 0)
    return `${diagnosed === 1 ? translate`No findings.` : translate`No findings in any of these runs.`}${not}`;
  const counts = members
    .filter((member) => findingsOf(member).length > 0)
    .map((member) => `${member.name}: ${formatFindings(findingsOf(member))}`);
  const rest = diagnosed - found;
  return `${counts.join('; ')}${rest === 0 ? '' : translate`; none in ${formatCount(rest, 'other run')}`}.${not}`;
}
