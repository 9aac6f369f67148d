import { html, type TemplateResult } from 'lit-html';
import type { Finding } from '../../src/diagnosis/finding';
import { formatExact, formatShortNumber } from '../../src/text/numbers';
import type { ShownRun } from '../store/model';
import { middleOfUpdate, type TrainingAxis } from './trainingAxis';
import { translate } from '../../src/text/translate';

/** What happened at an update besides training: a change of the learning rate, a resume, a finding. */
export interface TrainingMark {
  readonly kind: 'rate' | 'resume' | 'finding';
  readonly update: number;
  /** What is read at it. */
  readonly words: string;
}

/** The marks of a run, in the order of their updates. */
export function trainingMarks({ info, status }: Pick<ShownRun, 'info' | 'status'>): readonly TrainingMark[] {
  const rates = (status.rateChanges ?? []).map(({ update, learningRate, cause }): TrainingMark => ({
    kind: 'rate',
    update,
    words:
      cause === 'plateau'
        ? translate`plateau: learning rate reduced to ${formatShortNumber(learningRate)}`
        : translate`learning rate set to ${formatShortNumber(learningRate)}`,
  }));
  const resumes = info.resumedAt.map((update): TrainingMark => ({
    kind: 'resume',
    update,
    words: translate`resumed here`,
  }));
  const findings = status.findings
    .filter(({ when }) => when === 'update' || when === 'end')
    .map(({ update, level, code }): TrainingMark => ({ kind: 'finding', update, words: findingWords(level, code) }));
  return [...rates, ...resumes, ...findings].sort((one, other) => one.update - other.update);
}

function findingWords(level: Finding['level'], code: string): string {
  return translate`${level} “${code}”: see the diagnosis`;
}

/** The words of the marks within the updates of a column: from its first update on, `stride` of them. */
export function wordsOfMarks(marks: readonly TrainingMark[], first: number, stride: number): readonly string[] {
  return marks.filter(({ update }) => update >= first && update < first + stride).map(({ words }) => words);
}

/** Pixels within which marks of one kind are one mark. */
const tooClose = 3;

/** The visible marks with their places, from left to right; those that would cover each other are one. */
export function placedMarks(
  marks: readonly TrainingMark[],
  axis: TrainingAxis,
): readonly { readonly x: number; readonly kind: TrainingMark['kind']; readonly words: string }[] {
  const placed: { x: number; kind: TrainingMark['kind']; words: string }[] = [];
  for (const { update, kind, words } of marks) {
    if (update < Math.floor(axis.domain[0]) || update >= axis.domain[1]) continue;
    const x = middleOfUpdate(axis, update);
    const text = translate`Update ${formatExact(update)}: ${words}`;
    const near = placed.findLast((mark) => mark.kind === kind);
    if (near !== undefined && x - near.x < tooClose) near.words = `${near.words}\n${text}`;
    else placed.push({ x, kind, words: text });
  }
  return placed;
}

/** The marks as ticks at the top of a picture of training time, with their words as tooltips. */
export function marksTemplate(marks: readonly TrainingMark[], axis: TrainingAxis): readonly TemplateResult[] {
  return placedMarks(marks, axis).map(
    ({ x, kind, words }) =>
      html`<div class="training-mark mark-${kind}" .style=${`left: ${x}px`} title=${words}></div>`,
  );
}
