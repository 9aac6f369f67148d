/** Shapes on a 16 × 16 field; drawn here because no font can be relied on to have the signs of a player. */
const shapes = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  step: 'M3 2.5v11l7-5.5zM11 3h2v10h-2z',
  stop: 'M3.5 3.5h9v9h-9z',
  previous: 'M10.5 3.5v9L5 8z',
  next: 'M5.5 3.5v9L11 8z',
  folded: 'M6 4v8l4-4z',
  unfolded: 'M4 6h8l-4 4z',
  fit: 'M2 2h5v1.5H3.5V7H2zM9 2h5v5h-1.5V3.5H9zM2 9h1.5v3.5H7V14H2zM12.5 9H14v5H9v-1.5h3.5z',
} as const;

/** The name of a sign. */
export type IconName = keyof typeof shapes;

const namespace = 'http://www.w3.org/2000/svg';

/** A sign in the colour of the text around it. */
export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', shapes[name]);
  path.setAttribute('fill', 'currentColor');
  svg.append(path);
  return svg;
}
