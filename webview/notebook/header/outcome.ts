import { html, nothing, type TemplateResult } from 'lit-html';
import type { Finding } from '../../../src/diagnosis/finding';
import type { RemedyRequest } from '../../../src/protocol/panel';
import { isLive, type RunStatus } from '../../../src/protocol/run';
import { formatExact } from '../../../src/text/numbers';
import { formatTrial } from '../../../src/text/remedyText';
import { buttonTemplate } from '../../ui/controls';
import { translate } from '../../../src/text/translate';

/** An update that the sentence about the end of a run speaks of. */
interface OutcomePlace {
  readonly label: string;
  readonly update: number;
}

/** A change of the experiment that may have led to another end. */
interface Trial {
  readonly label: string;
  readonly hint: string;
  readonly request: RemedyRequest;
}

/** What is said at the head of a run that ended badly, beside the message of its state. */
export interface Outcome {
  /** '' where the message of the state says it. */
  readonly sentence: string;
  readonly places: readonly OutcomePlace[];
  readonly trials: readonly Trial[];
}

/** The outcome of a run that diverged, or fell back from its best; undefined for others, and while it trains. */
export function outcomeOf({ state, findings, nonFinite }: RunStatus): Outcome | undefined {
  if (isLive(state)) return undefined;
  if (state === 'diverged') {
    const finding = findings.find(({ code }) => code === 'nonFinite');
    const { began, update } = nonFinite ?? {};
    // The update before the end has its own button.
    const hasBegun = began !== undefined && began < (update ?? 0) - 1;
    const places = hasBegun ? [{ label: translate`Where it began: update ${formatExact(began)}`, update: began }] : [];
    return { sentence: '', places, trials: trialsOf(finding) };
  }
  const finding = findings.find(({ code }) => code === 'fellBack');
  if (finding === undefined) return undefined;
  const { message, bestUpdate } = finding;
  const places =
    bestUpdate === undefined
      ? []
      : [{ label: translate`At its best: update ${formatExact(bestUpdate)}`, update: bestUpdate }];
  return { sentence: message, places, trials: trialsOf(finding) };
}

function trialsOf(finding: Finding | undefined): readonly Trial[] {
  return (finding?.remedies ?? []).map((remedy, index) => ({
    label: formatTrial(remedy),
    hint: translate`Adds a variant with this change to the file, and trains it`,
    request: { code: finding?.code ?? '', remedy: index, use: 'trial' },
  }));
}

/** What the buttons beside an outcome do. */
interface OutcomeRequests {
  readonly selectUpdate: (update: number) => void;
  /** undefined where no host changes the experiment. */
  readonly applyRemedy: ((request: RemedyRequest) => void) | undefined;
}

/** The sentence about the end of a run, with the updates that it speaks of and what can be tried. */
export function outcomeTemplate(
  { sentence, places, trials }: Outcome,
  { selectUpdate, applyRemedy }: OutcomeRequests,
): TemplateResult {
  const buttons = [
    ...places.map(({ label, update }) => ({
      label,
      hint: translate`Select this update in all pictures`,
      onPress: () => {
        selectUpdate(update);
      },
    })),
    ...(applyRemedy === undefined
      ? []
      : trials.map(({ label, hint, request }) => ({
          label,
          hint,
          onPress: () => {
            applyRemedy(request);
          },
        }))),
  ];
  return html`${sentence === '' ? nothing : html`<p class="message fell-back">${sentence}</p>`}
  ${buttons.length === 0 ? nothing : html`<div class="outcome-buttons">${buttons.map(buttonTemplate)}</div>`}`;
}
