import { Hover, Range, type HoverProvider, type Position, type TextDocument } from 'vscode';
import { markdown } from '../platform/labels';
import type { Estimates } from '../session/live/estimates';
import { layerTable } from '../text/layerTable';
import { parsedInHost } from './experimentCheck';
import { translate } from '../text/translate';

/** The size of each layer, where the pointer is over the key `model` of an experiment or a variant. */
export class LayerHover implements HoverProvider {
  constructor(readonly estimates: Estimates) {}

  async provideHover(document: TextDocument, position: Position): Promise<Hover | undefined> {
    const parsed = await parsedInHost(document);
    if (parsed?.kind !== 'experiment') return undefined;
    const { file } = parsed;
    for (const variant of [undefined, ...file.variants.map(({ name }) => name)]) {
      const place = file.keyPlace(['model'], variant);
      if (place === undefined) continue;
      const range = new Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
      if (!range.contains(position)) continue;
      const layers = this.estimates.of({ uri: document.uri, variant })?.layers ?? [];
      if (layers.length === 0) return undefined;
      const explanation = translate`Multiply-adds of one forward pass over the window of a batch; the backward pass takes about twice as many. Memory of the parameters, their gradients and the state of the optimizer.`;
      return new Hover(markdown(`${layerTable(layers)}\n\n${explanation}`), range);
    }
    return undefined;
  }
}
