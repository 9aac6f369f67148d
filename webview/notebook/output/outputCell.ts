import type { Inspection } from '../../../src/protocol/inspection';
import type { SharedZoom } from '../../plot/zoom';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import type { Store } from '../../store/store';
import { outputTable } from './outputTables';
import { element } from '../../ui/element';
import { CellFrame, type ToggleCell } from '../cellFrame';
import { memoKey } from '../memo';
import { SampleView } from './sampleView';
import { ScoresView, formatScores } from './scoresView';
import type { SequenceCell, SequenceDrawing } from '../sequenceCell';
import { StatesView } from './statesView';
import { formatExact } from '../../../src/text/numbers';
import './output.css';

/** [14] What the network does at this update: sampled text, accuracy by position, hidden states. */
export class OutputCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #sample: SampleView;
  readonly #scores: ScoresView;
  readonly #states: StatesView;
  #drawing: SequenceDrawing | undefined;
  #isVisible = false;

  constructor(store: Store, zoom: SharedZoom, request: RequestReplay, toggle: ToggleCell) {
    this.#frame = new CellFrame(14, 'Output', toggle);
    this.element = this.#frame.element;
    const redraw = (): void => {
      if (this.#drawing !== undefined) this.update(this.#drawing);
    };
    this.#sample = new SampleView(store, request, redraw);
    this.#scores = new ScoresView(store, zoom, request, redraw);
    this.#states = new StatesView(store, zoom, request, redraw);
    this.#frame.body.append(element('div', {}, this.#sample.element, this.#scores.element, this.#states.element));
    // Its content is computed for every selected update, so only while the cell is visible.
    new IntersectionObserver(([entry]) => {
      this.#isVisible = entry?.isIntersecting === true;
      redraw();
    }).observe(this.#frame.body);
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection } = drawing;
    this.#drawing = drawing;
    this.#frame.follow(model.view);
    if (this.#isVisible && !this.#frame.body.hidden) {
      this.#sample.update(model, inspection);
      this.#scores.update(drawing);
      this.#states.update(drawing);
    }
    const { scores } = this.#scores;
    const { projection } = this.#states;
    this.#frame.setSummary(
      summary(inspection, scores?.update === inspection.update ? formatScores(scores) : undefined),
    );
    if (projection !== undefined) {
      this.#frame.setTable(memoKey(projection), () => outputTable(projection, inspection));
    }
  }
}

function summary({ update }: Inspection, scores: string | undefined): string {
  const net = `What the network does with its weights before update ${formatExact(update)}.`;
  return scores === undefined ? net : `${net} ${scores}`;
}
