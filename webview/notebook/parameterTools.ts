import { formatParameterName } from '../../src/text/tensorNames';
import type { Model } from '../store/model';
import type { Store } from '../store/store';
import { choice } from '../ui/controls';
import { selectedParameter } from './parameterNames';
import type { CellTools } from './cell/cellDeclaration';
import { translate } from '../../src/text/translate';

/**
 * The choice of a parameter, shared by all cells that show one.
 *
 * @param namesIn PyTorch's names of the parameters; undefined where there are none yet
 */
export function parameterTools<D extends { readonly model: Model }>(
  store: Store,
  namesIn: (drawing: D) => readonly string[] | undefined,
): CellTools<D> {
  const parameters = choice<string>(translate`Parameter`, (parameter) => {
    store.dispatch({ kind: 'viewChanged', view: { parameter } });
  });
  return {
    elements: [parameters.element],
    update: (drawing) => {
      const names = namesIn(drawing);
      if (names === undefined) return;
      parameters.setOptions(
        names.map((value) => ({ value, label: formatParameterName(value) })),
        selectedParameter(names, drawing.model.view),
      );
    },
  };
}
