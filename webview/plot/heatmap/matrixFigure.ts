import { formatNumber } from '../../../src/text/numbers';
import type { Theme } from '../../theme/theme';
import { element } from '../../ui/element';
import { notation } from '../../ui/notation';
import { SignedScale } from './signedScale';
import { Strip } from './strip';
import { translate } from '../../../src/text/translate';

/** A matrix to draw. */
export interface MatrixPicture {
  /** In the course's notation. */
  readonly title: string;
  /** (rows, columns) */
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** The magnitude of the strongest colour. */
  readonly limit: number;
  /** Names of equally high blocks of rows, from the top: the gates of a recurrent cell. */
  readonly blocks?: readonly string[];
}

/** The most rows and columns of a matrix that is shown as numbers. */
const written = { rows: 8, columns: 4 } as const;
const size = { cell: 14, least: 10, mostWidth: 190, mostHeight: 130 } as const;

/** A matrix as colours with its scale below; a small one as numbers. */
export function matrixFigure(picture: MatrixPicture, theme: Theme): HTMLElement {
  const { title, rows, columns, limit } = picture;
  const scale = new SignedScale(limit, theme);
  const isWritten = rows <= written.rows && columns <= written.columns;
  const drawn = isWritten ? numbers(picture, scale) : colours(picture, scale, theme);
  const { blocks = [] } = picture;
  const body =
    blocks.length < 2
      ? drawn
      : element(
          'div',
          { class: 'matrix-blocks' },
          element('div', { class: 'block-names' }, ...blocks.map((name) => element('span', {}, name))),
          drawn,
        );
  const shape = rows === 1 && columns === 1 ? '' : ` (${rows} × ${columns})`;
  return element(
    'figure',
    { class: 'matrix-figure' },
    element('figcaption', {}, ...notation(title), shape),
    body,
    ...(isWritten
      ? []
      : [
          element(
            'div',
            { class: 'matrix-scale' },
            translate`colours from −${formatNumber(limit)} to ${formatNumber(limit)}`,
          ),
        ]),
  );
}

/** The elements of a vector side by side; as numbers where there are few. */
export function vectorStrip(title: string, values: Float64Array, limit: number, theme: Theme): HTMLElement {
  const picture = { title, values, rows: 1, columns: values.length, limit };
  const scale = new SignedScale(limit, theme);
  return values.length <= written.columns ? numbers(picture, scale) : colours(picture, scale, theme);
}

function numbers({ values, rows, columns, title }: MatrixPicture, scale: SignedScale): HTMLElement {
  const table = element('table', { class: 'matrix-numbers', 'aria-label': title });
  for (let row = 0; row < rows; row++) {
    const line = element('tr');
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column] ?? NaN;
      const cell = element('td', {}, formatNumber(value).replace(/^-/, '−'));
      cell.style.borderColor = scale.css(value);
      line.append(cell);
    }
    table.append(line);
  }
  return table;
}

function colours({ values, rows, columns, title }: MatrixPicture, scale: SignedScale, theme: Theme): HTMLElement {
  const strip = new Strip();
  const fitted = (count: number, most: number): number => Math.max(size.least, Math.min(most, count * size.cell));
  const width = fitted(columns, size.mostWidth);
  const height = fitted(rows, size.mostHeight);
  strip.draw({ values, steps: columns, rows, byRow: true }, width, height, scale, theme.clip);
  strip.element.removeAttribute('aria-hidden');
  strip.element.setAttribute('role', 'img');
  strip.element.setAttribute(
    'aria-label',
    translate`${title}, ${rows} rows and ${columns} columns; its numbers are in the table`,
  );
  return strip.element;
}
