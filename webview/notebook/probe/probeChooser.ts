import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Inspection } from '../../../src/protocol/inspection';
import type { HeldOutLosses, Probe, ProbeKinds } from '../../../src/protocol/probe';
import type { RequestReplay, ReplayRequests } from '../../../src/protocol/replayRequests';
import { formatCount, formatExact, formatNumber } from '../../../src/text/numbers';
import { textOf } from '../../../src/text/symbols';
import { LatestRequest, latestValue, type RequestState } from '../../store/latestRequest';
import type { Model, View } from '../../store/model';
import type { Store } from '../../store/store';
import { choice, textField } from '../../ui/controls';
import { element } from '../../ui/element';
import { numberField, wholeNumbersTo } from '../../ui/numberField';
import { visibleSymbol } from '../formatStep';
import { fromField, inField, typedProblem } from './typedText';
import { translate, translateMessage } from '../../../src/text/translate';
import './probe.css';

/** Symbols that are offered as the first text. */
const firstSymbols = 200;

/** Where the sequence comes from. */
type Origin = 'batch' | Probe['kind'];

const originNames: Readonly<Record<Origin, string>> = {
  batch: translate`this batch`,
  heldOut: translate`held-out data`,
  text: translate`a typed text`,
  row: translate`rows of the table`,
};

/** Chooses which sequence the sequence-time cells walk through: one of the batch, or a probed one. */
export class ProbeChooser {
  readonly element = element('div', { class: 'probe' });
  readonly #origin;
  readonly #sequence;
  readonly #heldOut;
  readonly #text;
  readonly #row;
  readonly #losses: LatestRequest<ReplayRequests['heldOutLosses']['params'], HeldOutLosses>;
  /** What the data of the run have, as the last inspection said. */
  #known: { readonly folder: string | null | undefined; readonly inspection: Inspection } | undefined;
  /** Whether the held-out sequence with the largest loss is chosen as soon as the losses are known. */
  #wantsWorst = false;
  #problem = '';

  constructor(
    readonly store: Store,
    request: RequestReplay,
  ) {
    this.#origin = choice<Origin>(translate`Sequence from`, (origin) => {
      this.#chooseOrigin(origin);
    });
    this.#sequence = numberField(
      translate`sequence`,
      wholeNumbersTo(() => (store.model.run?.info.batch ?? 1) - 1),
      (sequence) => {
        store.dispatch({ kind: 'viewChanged', view: { sequence } });
      },
    );
    this.#heldOut = choice<string>(translate`Held-out sequence`, (sequence) => {
      this.#show({ kind: 'heldOut', sequence: Number(sequence) });
    });
    this.#text = textField('text', translate`A sequence that the network reads; ↵ is a line break`, (entered) => {
      this.#enterText(fromField(entered));
    });
    const lines = (): { readonly first: number; readonly last: number } =>
      this.#kinds()?.rows ?? { first: 0, last: Number.MAX_SAFE_INTEGER };
    this.#row = numberField(
      translate`from row`,
      {
        accepts: (line) => Number.isSafeInteger(line) && line >= lines().first && line <= lines().last,
        describe: () =>
          translate`the line of a row, from ${formatExact(lines().first)} to ${formatExact(lines().last)}`,
      },
      (line) => {
        this.#show({ kind: 'row', line });
      },
    );
    this.#losses = new LatestRequest(
      (params) => request('heldOutLosses', params),
      () => {
        this.#chooseWorst();
        store.redraw();
      },
    );
  }

  update(model: Model): void {
    const { inspection: state, view, run } = model;
    const folder = run?.info.folder;
    if (state.kind === 'ready') this.#known = { folder, inspection: state.inspection };
    if (this.#known?.folder !== folder) {
      this.#known = undefined;
      this.#wantsWorst = false;
      this.#problem = '';
    }
    const kinds = this.#kinds();
    const origins = originsOf(kinds, view.probe);
    const origin: Origin = this.#wantsWorst ? 'heldOut' : (view.probe?.kind ?? 'batch');
    this.#origin.setOptions(
      origins.map((value) => ({ value, label: originNames[value] })),
      origin,
    );
    this.#sequence.update(view.sequence, run !== undefined && run.info.batch > 1);
    const update = this.#known?.inspection.update;
    const losses = this.#losses.request(
      origin === 'heldOut' && update !== undefined ? { update } : undefined,
      folder ?? '',
    );
    render(
      html`${origins.length > 1 ? this.#origin.element : nothing}${this.#fields(origin, view, kinds, losses)}`,
      this.element,
    );
  }

  #kinds(): ProbeKinds | undefined {
    return this.#known?.inspection.probeKinds;
  }

  #fields(
    origin: Origin,
    { probe }: View,
    kinds: ProbeKinds | undefined,
    losses: RequestState<HeldOutLosses>,
  ): TemplateResult {
    switch (origin) {
      case 'batch':
        return html`${this.#sequence.element}`;
      case 'heldOut':
        return this.#heldOutList(probe, losses);
      case 'text': {
        if (probe?.kind === 'text') this.#text.update(inField(probe.text));
        return html`${this.#text.element}
          <span class="probe-note">${kinds?.typedRule ?? ''}</span>
          <span class="field-problem" role="alert">${this.#problem}</span>`;
      }
      case 'row':
        this.#row.update(probe?.kind === 'row' ? probe.line : undefined, true);
        return html`${this.#row.element}
          <span class="probe-note">${translate`the line of the file at which it begins`}</span>`;
      default:
        return origin satisfies never;
    }
  }

  #heldOutList(probe: Probe | undefined, state: RequestState<HeldOutLosses>): TemplateResult {
    if (state.kind === 'failed') {
      return html`<span class="field-problem" role="alert"
        >${translate`Can’t list the held-out sequences:`} ${translateMessage(state.message)}</span
      >`;
    }
    const losses = latestValue(state);
    if (losses === undefined) {
      return html`<span class="probe-note" role="status">${translate`Measuring the held-out sequences…`}</span>`;
    }
    const options = heldOutOptions(losses, probe);
    const selected = probe?.kind === 'heldOut' ? String(probe.sequence) : (options[0]?.value ?? '');
    this.#heldOut.setOptions(options, selected);
    return html`${this.#heldOut.element}<span class="probe-note">${heldOutNote(losses)}</span>`;
  }

  #chooseOrigin(origin: Origin): void {
    this.#problem = '';
    this.#wantsWorst = origin === 'heldOut';
    const inspection = this.#known?.inspection;
    switch (origin) {
      case 'batch':
        this.#show(undefined);
        break;
      case 'heldOut':
        this.#chooseWorst();
        this.store.redraw();
        break;
      case 'text':
        this.#show({ kind: 'text', text: inspection === undefined ? '' : textOf(inspection, firstSymbols) });
        break;
      case 'row':
        this.#show({ kind: 'row', line: inspection?.probeKinds.rows?.first ?? 0 });
        break;
      default:
        origin satisfies never;
    }
  }

  #chooseWorst(): void {
    if (!this.#wantsWorst) return;
    const update = this.#known?.inspection.update;
    if (update === undefined) return;
    const folder = this.store.model.run?.info.folder ?? '';
    const worst = latestValue(this.#losses.request({ update }, folder))?.sequences[0];
    if (worst === undefined) return;
    this.#wantsWorst = false;
    this.#show({ kind: 'heldOut', sequence: worst.sequence });
  }

  #enterText(text: string): void {
    this.#problem = typedProblem(text, this.#known?.inspection.inputNames ?? []);
    if (this.#problem === '') this.#show({ kind: 'text', text });
    else this.store.redraw();
  }

  /** Another sequence may have another length, so that all of its steps are shown. */
  #show(probe: Probe | undefined): void {
    this.store.dispatch({
      kind: 'viewChanged',
      view: { probe, stepRange: undefined, gradientFlowLoss: undefined },
    });
  }
}

function originsOf(kinds: ProbeKinds | undefined, probe: Probe | undefined): readonly Origin[] {
  const has: Readonly<Record<Origin, boolean>> = {
    batch: true,
    heldOut: kinds?.heldOut === true,
    text: kinds !== undefined && kinds.typedRule !== null,
    row: kinds !== undefined && kinds.rows !== null,
  };
  return (Object.keys(has) as Origin[]).filter((origin) => has[origin] || origin === probe?.kind);
}

/** The held-out sequences of a list; the one that is shown is among them, also where its loss is small. */
function heldOutOptions(
  { sequences }: HeldOutLosses,
  probe: Probe | undefined,
): readonly { readonly value: string; readonly label: string }[] {
  const options = sequences.map(({ sequence, loss, label }) => ({
    value: String(sequence),
    label: `${sequence}: L = ${formatNumber(loss)} · ${Array.from(label, (symbol) => (symbol === ' ' ? ' ' : visibleSymbol(symbol))).join('')}`,
  }));
  const isListed = probe?.kind !== 'heldOut' || sequences.some(({ sequence }) => sequence === probe.sequence);
  return isListed ? options : [...options, { value: String(probe.sequence), label: `${probe.sequence}` }];
}

function heldOutNote({ sequences, count }: HeldOutLosses): string {
  const all = formatCount(count, 'held-out sequence');
  return sequences.length < count
    ? translate`worst first, ${formatExact(sequences.length)} of ${all}`
    : translate`worst first, ${all}`;
}
