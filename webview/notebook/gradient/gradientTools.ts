import { render } from 'lit-html';
import { decadesOf, lowestDecade } from '../../plot/heatmap/magnitudeScale';
import type { FittedColours, Quantity } from '../../store/model';
import type { Store } from '../../store/store';
import { visibleSeries } from '../../store/zoomedSeries';
import { buttonTemplate, choice } from '../../ui/controls';
import { element } from '../../ui/element';
import type { Drawing } from '../cell/cellFrame';
import type { CellTools } from '../cell/cellDeclaration';
import { gridOf, visiblePart } from './gradientGrid';
import { quantityNames } from './quantityNames';
import { translate } from '../../../src/text/translate';

/** The choices of the quantity and the layer, and the button that fits the colours to the visible range. */
export class GradientTools implements CellTools<Drawing> {
  readonly elements: readonly HTMLElement[];
  readonly #quantity;
  readonly #layer;
  readonly #fit = element('div');

  constructor(readonly store: Store) {
    this.#quantity = choice<Quantity>(translate`Show`, (quantity) => {
      store.dispatch({ kind: 'viewChanged', view: { quantity } });
    });
    this.#layer = choice<string>(translate`Layer`, (layer) => {
      store.dispatch({ kind: 'viewChanged', view: { layer: Number(layer) } });
    });
    this.elements = [this.#quantity.element, this.#layer.element, this.#fit];
  }

  update(drawing: Drawing): void {
    const { run, view } = drawing.model;
    if (run === undefined) return;
    const { layers, hasCellState } = run.info.layout;
    const quantities: readonly Quantity[] = hasCellState
      ? ['dh', 'dhLocal', 'dc', 'lossPerStep']
      : ['dh', 'dhLocal', 'lossPerStep'];
    this.#quantity.setOptions(
      quantities.map((value) => ({ value, label: quantityNames[value] })),
      view.quantity,
    );
    this.#layer.setOptions(
      Array.from({ length: layers }, (_, l) => ({
        value: String(l),
        label: translate`layer ${l}`,
      })),
      String(view.layer),
    );
    this.#layer.element.hidden = layers === 1 || view.quantity === 'lossPerStep';
    const fit = buttonTemplate({
      label: translate`Fit the colours to the visible range`,
      icon: 'fit',
      appearance: 'icon',
      onPress: () => {
        this.store.dispatch({ kind: 'viewChanged', view: { fittedColours: fittedColours(drawing) } });
      },
    });
    render(fit, this.#fit);
  }
}

/** The scale of the visible part of the heatmap; undefined where it has no number to scale. */
function fittedColours({ model: { run, view }, axis }: Drawing): FittedColours | undefined {
  if (run === undefined) return undefined;
  const grid = gridOf(visibleSeries(run, axis.domain), view);
  const seen = visiblePart(grid, axis.domain);
  const decades = decadesOf(seen, lowestDecade(seen, grid.rows));
  return decades && { ...decades, updates: run.status.updates };
}
