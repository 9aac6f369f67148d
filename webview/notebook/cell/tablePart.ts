import { drawTable, type Table } from '../../plot/table';
import { element } from '../../ui/element';
import type { CellPart } from './cellDeclaration';

/** A table of the data, built again for other data. */
export function tablePart<D, Data>(tableOf: (data: Data) => Table): CellPart<D, Data> {
  const place = element('div');
  let drawn: Data | undefined;
  return {
    element: place,
    update: (data) => {
      if (data === drawn) return;
      drawn = data;
      drawTable(place, tableOf(data));
    },
  };
}
