import { element } from '../../ui/element';
import { setNotation } from '../../ui/notation';
import type { CellContext, DataSource, CellDeclaration, CellParts } from './cellDeclaration';
import { CellFrame, type Drawing } from './cellFrame';
import { Picture } from './declaredPicture';
import { memoKey } from '../memo';
import type { SequenceDrawing } from '../sequenceCell';
import type { TimeAxis } from '../timeAxis';
import type { CellTitle } from './cellHelp';

/** Draws a declared cell in its frame. */
export class DeclaredCell<D extends Drawing | SequenceDrawing, Data> {
  readonly number: number;
  readonly title: CellTitle;
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #source: DataSource<D, Data>;
  readonly #parts: CellParts<D, Data>;
  readonly #picture: Picture<D, Data> | undefined;
  readonly #shown: HTMLElement;
  /** Everything in the body. */
  readonly #content: HTMLElement;
  #isInWindow = true;
  #data: Data | undefined;
  #drawing: D | undefined;

  constructor(
    readonly declared: CellDeclaration<D, Data>,
    readonly time: TimeAxis<D>,
    context: CellContext,
  ) {
    this.#frame = new CellFrame(declared.number, declared.title, context.toggle);
    this.number = declared.number;
    this.title = declared.title;
    this.element = this.#frame.element;
    this.#source = declared.source(context);
    this.#parts = declared.parts?.(context) ?? {};
    const { picture } = declared;
    this.#picture = picture && new Picture(picture, time, context, () => this.#data);
    const { tools, controls, above, between, below } = this.#parts;
    const elements = (...parts: readonly ({ readonly element?: HTMLElement } | undefined)[]): readonly HTMLElement[] =>
      parts.flatMap((part) => part?.element ?? []);
    if (declared.readout !== undefined) this.#frame.placeReadoutOverSummary();
    const { legend, plot, labels } = this.#picture ?? {};
    const drawn = this.#picture?.element ?? element('div');
    drawn.append(...[legend, ...elements(between), plot, labels].filter((part) => part !== undefined));
    this.#shown = element('div', {}, ...elements(above), drawn, ...elements(below));
    this.#frame.tools.append(...(tools?.elements ?? []));
    this.#content = element('div', {}, ...elements(controls, this.#source), this.#shown);
    this.#frame.body.append(this.#content);
    if (declared.onlyInWindow === true) this.#followWindow();
  }

  update(drawing: D): void {
    this.#drawing = drawing;
    const { declared } = this;
    const { tools, controls } = this.#parts;
    this.#frame.follow(drawing.model.view);
    const note = this.time.note?.(drawing) ?? '';
    const absence =
      note !== '' && declared.withoutTraining !== undefined
        ? `${note} ${declared.withoutTraining}`
        : declared.absence?.(drawing);
    this.#content.hidden = absence !== undefined;
    if (declared.withoutTraining !== undefined || declared.absence !== undefined) {
      for (const tool of tools?.elements ?? []) tool.hidden = absence !== undefined;
    }
    if (absence !== undefined) {
      this.#data = undefined;
      this.#frame.setSummary(absence);
      this.#frame.showReadout(false);
      this.#frame.removeTable();
      return;
    }
    const noted = (summary: string): string => (note === '' ? summary : `${note} ${summary}`);
    controls?.update(drawing);
    const isVisible = !this.#frame.body.hidden && this.#isInWindow;
    const data = this.#source.dataFor(drawing, isVisible);
    this.#data = data;
    tools?.update(drawing, data);
    this.#shown.hidden = data === undefined;
    this.#picture?.follow(data, drawing);
    if (data === undefined) {
      this.#frame.setSummary(noted(declared.emptySummary?.(drawing) ?? ''));
      return;
    }
    this.#frame.setSummary(noted(declared.summary(data, drawing)));
    setNotation(this.#frame.readout, declared.readout?.(data, drawing) ?? '');
    this.#frame.showReadout(declared.readout !== undefined && this.time.isPointed(drawing.model));
    const table = declared.table(data, drawing);
    if (table !== undefined) this.#frame.setTable(memoKey(...table.dependsOn), table.make);
    if (!isVisible) return;
    const { above, between, below } = this.#parts;
    for (const part of [above, between, below]) part?.update(data, drawing);
    this.#picture?.draw(data, drawing);
  }

  #followWindow(): void {
    this.#isInWindow = false;
    new IntersectionObserver(([entry]) => {
      this.#isInWindow = entry?.isIntersecting === true;
      if (this.#drawing !== undefined) this.update(this.#drawing);
    }).observe(this.#frame.body);
  }
}
