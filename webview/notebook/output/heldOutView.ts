import { html, render, type TemplateResult } from 'lit-html';
import { latestValue } from '../../store/latestRequest';
import type { NoPredictions, Predictions } from '../../../src/protocol/predictions';
import { formatPredictionErrors } from '../../../src/text/predictionErrors';
import { truncate } from '../../../src/text/quoting';
import { formatExact } from '../../../src/text/numbers';
import { gutters } from '../../plot/trainingAxis';
import { buttonTemplate, choice } from '../../ui/controls';
import { element, setText } from '../../ui/element';
import type { CellContext, CellPart } from '../cell/cellDeclaration';
import { visibleSymbol } from '../formatStep';
import { memoKey } from '../memo';
import type { SequenceDrawing } from '../sequenceCell';
import { formatHeldOut, formatRow } from './formatHeldOut';
import { rowAxis, rowLabels, type RowAxis } from './heldOutAxis';
import { heldOutLegend, HeldOutPicture } from './heldOutPicture';
import { HeldOutSurface } from './heldOutSurface';
import type { Output } from './output';
import { translate } from '../../../src/text/translate';

/** The whole held-out part of a table: true values, predictions and persistence, row after row. */
export class HeldOutView implements CellPart<SequenceDrawing, Output> {
  readonly element = element('div', { class: 'output-part held-out' });
  readonly #head = element('div');
  readonly #column;
  readonly #legend = element('div');
  readonly #picture = new HeldOutPicture();
  readonly #surface: HeldOutSurface;
  readonly #labels = element('div', { class: 'row-labels', 'aria-hidden': 'true' });
  readonly #readout = element('div', { class: 'readout' });
  readonly #body: HTMLElement;
  #isSaving = false;
  #drawn = '';

  constructor(readonly context: CellContext) {
    const { store } = context;
    this.#column = choice<string>(translate`Target`, (output) => {
      store.dispatch({ kind: 'viewChanged', view: { output: Number(output) } });
    });
    this.#surface = new HeldOutSurface(store);
    this.#picture.element.append(this.#surface.element);
    this.#body = element('div', {}, this.#legend, this.#readout, this.#picture.element, this.#labels);
    this.element.append(this.#head, this.#body);
  }

  update({ predictions: state }: Output, drawing: SequenceDrawing): void {
    const { inspection, model, axis: steps, theme } = drawing;
    this.element.hidden = inspection.scaling === null;
    if (this.element.hidden) return;
    const found = latestValue(state);
    const names = found?.kind === 'predictions' ? found.names.map((name) => visibleSymbol(truncate(name))) : [];
    const failure = state.kind === 'failed' ? state.message : undefined;
    render(this.#headOf(found, names, failure, inspection.update), this.#head);
    const shown = found?.kind === 'predictions' ? found : undefined;
    this.#body.hidden = shown === undefined;
    if (shown === undefined) return;
    const axis = rowAxis(shown.rows, steps.width, model.view.heldOutRange);
    this.#surface.update(shown, axis);
    this.#drawReadout(shown, names, inspection.outputNames);
    const key = memoKey(shown, axis.width, axis.domain, theme, inspection.outputNames);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const name = names[shown.column] ?? 'y';
    this.#picture.draw(shown, axis, { name, classNames: inspection.outputNames, theme });
    render(heldOutLegend(shown, inspection.outputNames, axis, theme), this.#legend);
    render(labelsTemplate(shown, axis), this.#labels);
  }

  #headOf(
    found: Predictions | NoPredictions | undefined,
    names: readonly string[],
    failure: string | undefined,
    update: number,
  ): TemplateResult {
    const shown = found?.kind === 'predictions' ? found : undefined;
    const text =
      failure ??
      (found === undefined
        ? translate`Predicting the held-out rows…`
        : found.kind === 'none'
          ? found.reason
          : `${weightsOf(found, update)}${formatPredictionErrors(found.errors, names[found.column] ?? 'y')} ${formatHeldOut(found)}`);
    this.#column.element.hidden = names.length < 2 || shown === undefined;
    this.#column.setOptions(
      names.map((label, index) => ({ value: String(index), label })),
      String(shown?.column ?? 0),
    );
    const { store, savePredictions } = this.context;
    const all = {
      label: translate`Show all rows`,
      isHidden: shown === undefined,
      // A button that appears would move the picture under the pointer that zooms.
      isEnabled: store.model.view.heldOutRange !== undefined,
      onPress: () => {
        store.dispatch({ kind: 'viewChanged', view: { heldOutRange: undefined } });
      },
    };
    const save = {
      label: translate`Save Predictions as CSV…`,
      hint: translate`Save the predictions of all held-out rows before update ${formatExact(update)} as a CSV file`,
      isHidden: shown === undefined || savePredictions === undefined,
      isEnabled: !this.#isSaving,
      onPress: () => void this.#save(update),
    };
    return html`<h3>${translate`Held-out rows`}</h3>
      <p class=${failure === undefined ? 'output-status' : 'output-problem'} role="status">${text}</p>
      <div class="plot-head">${this.#column.element}${buttonTemplate(all)}${buttonTemplate(save)}</div>`;
  }

  async #save(update: number): Promise<void> {
    this.#isSaving = true;
    this.context.store.redraw();
    await this.context.savePredictions?.(update);
    this.#isSaving = false;
    this.context.store.redraw();
  }

  #drawReadout(predictions: Predictions, names: readonly string[], classNames: readonly string[]): void {
    const { row } = this.#surface;
    const text = row === undefined ? '' : formatRow(predictions, row, names[predictions.column] ?? 'y', classNames);
    setText(this.#readout, text === '' ? translate`Point at a row to see its values.` : text);
  }
}

/**
 * Says which weights predict: the validation loss of an update is measured after it, and with its error these would be two
 * errors of one update.
 */
function weightsOf(shown: Predictions, update: number): string {
  const weights = translate`With the weights before update ${formatExact(shown.update)}`;
  return shown.update === update
    ? `${weights}: `
    : translate`Predicting with those before update ${formatExact(update)}… ${weights}, until then: `;
}

function labelsTemplate(predictions: Predictions, axis: RowAxis): TemplateResult {
  const { timeName } = predictions;
  const unit = timeName === undefined ? translate`row` : visibleSymbol(truncate(timeName));
  return html`<span class="row-unit">${unit}</span>${rowLabels(predictions, axis).map(
      ({ x, text }) => html`<span class="row-label" .style=${`left: ${gutters.left + x}px`}>${text}</span>`,
    )}`;
}
