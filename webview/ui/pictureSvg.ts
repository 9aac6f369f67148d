/** A part of a picture, in pixels from the top left corner of the element. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * An element as an SVG file that drawing programs and typesetting read, too: its text is text, its icons and lines are
 * shapes, and what a canvas draws is an embedded PNG at the resolution of the screen. Nothing in it refers to another file.
 *
 * @param leaveOut nodes to leave out, such as buttons
 */
export function svgOf(source: HTMLElement, background: string, leaveOut: (node: Node) => boolean): string {
  const { width, height, left, top } = source.getBoundingClientRect();
  const parts: string[] = [];
  const boxOf = (rect: DOMRect): Box => ({
    x: rect.left - left,
    y: rect.top - top,
    width: rect.width,
    height: rect.height,
  });
  const visit = (node: Node): void => {
    if (leaveOut(node)) return;
    if (node instanceof Text) {
      parts.push(...textLines(node, boxOf));
      return;
    }
    if (!(node instanceof Element)) return;
    const style = getComputedStyle(node);
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return;
    const box = boxOf(node.getBoundingClientRect());
    if (node instanceof HTMLCanvasElement) {
      parts.push(`<image ${attributesOf(box)} preserveAspectRatio="none" href="${node.toDataURL('image/png')}"/>`);
    } else if (node instanceof SVGSVGElement) {
      parts.push(nestedSvg(node, box));
    } else {
      parts.push(...gradientOf(style.backgroundImage, box, parts.length));
      if (isPainted(style.backgroundColor)) parts.push(`<rect ${attributesOf(box)} ${fillOf(style.backgroundColor)}/>`);
      for (const child of node.childNodes) visit(child);
    }
  };
  visit(source);
  const size = `width="${rounded(width)}" height="${rounded(height)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${rounded(width)} ${rounded(height)}">
<rect width="100%" height="100%" ${fillOf(background)}/>
${parts.join('\n')}
</svg>
`;
}

/** The text of a node, a `text` for each of its lines. */
function textLines(node: Text, boxOf: (rect: DOMRect) => Box): readonly string[] {
  const { parentElement, data } = node;
  if (parentElement === null || data.trim() === '') return [];
  const style = getComputedStyle(parentElement);
  const range = document.createRange();
  const lines: { text: string; readonly box: Box }[] = [];
  for (let at = 0; at < data.length; at++) {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const [rect] = range.getClientRects();
    if (rect === undefined) continue;
    const box = boxOf(rect);
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.box.y - box.y) < 1) last.text += data[at] ?? '';
    else lines.push({ text: data[at] ?? '', box });
  }
  const size = parseFloat(style.fontSize);
  // The lines of a text go down the page: one whose letters go up is the title of an axis, which is rotated.
  const isVertical = lines.length > 1 && lines.every(({ box }, i) => i === 0 || box.y < (lines[i - 1]?.box.y ?? 0));
  const font = `font-family="${escaped(style.fontFamily)}" font-size="${rounded(size)}" font-weight="${escaped(style.fontWeight)}" font-style="${escaped(style.fontStyle)}"`;
  if (isVertical) {
    range.selectNodeContents(node);
    const { x, y, width, height } = boxOf(range.getBoundingClientRect());
    const [across, along] = [rounded(x + width / 2 + 0.35 * size), rounded(y + height / 2)];
    return [
      `<text transform="translate(${across} ${along}) rotate(-90)" text-anchor="middle" ${font} ${fillOf(style.color)}>${escaped(data.trim())}</text>`,
    ];
  }
  return lines
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, box }) => {
      // The box of a line is as high as its font: the baseline is where most fonts have it.
      const baseline = box.y + box.height / 2 + 0.35 * size;
      return `<text x="${rounded(box.x)}" y="${rounded(baseline)}" xml:space="preserve" ${font} ${fillOf(style.color)}>${escaped(text)}</text>`;
    });
}

/** A scale of colours, which a style sheet draws from left to right; nothing for other pictures. */
function gradientOf(image: string, box: Box, id: number): readonly string[] {
  if (!/^linear-gradient\((?:to right|90deg), /.test(image)) return [];
  const colors = [...image.matchAll(/(rgba?\([^)]*\))(?: ([\d.]+)%)?/g)];
  const stops = colors.map(([, color = '', percent], i) => {
    const at = percent === undefined ? i / Math.max(1, colors.length - 1) : Number(percent) / 100;
    return `<stop offset="${rounded(at)}" ${fillOf(color).replaceAll('fill', 'stop').replace('stop=', 'stop-color=')}/>`;
  });
  const name = `scale-${id}`;
  return [
    `<linearGradient id="${name}">${stops.join('')}</linearGradient>`,
    `<rect ${attributesOf(box)} fill="url(#${name})"/>`,
  ];
}

/** The properties of a shape that a style sheet may set. */
const shapeProperties = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-size',
  'font-family',
  'text-anchor',
];

/** An SVG of the page at its place, with the styles that apply to its shapes written out. */
function nestedSvg(svg: SVGSVGElement, box: Box): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((element, i) => {
    const original = originals[i];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    for (const property of shapeProperties) element.setAttribute(property, style.getPropertyValue(property));
    element.removeAttribute('class');
    element.removeAttribute('style');
  });
  for (const name of ['x', 'y', 'width', 'height'] as const) copy.setAttribute(name, rounded(box[name]));
  return new XMLSerializer().serializeToString(copy);
}

function isPainted(color: string): boolean {
  return !/^(?:transparent|rgba\(.*, 0\))$/.test(color);
}

/** A colour as SVG 1.1 writes it: the opacity on its own. */
function fillOf(color: string): string {
  const [, red, green, blue, opacity = '1'] = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(color) ?? [];
  if (red === undefined) return `fill="${escaped(color)}"`;
  return `fill="rgb(${red},${green ?? ''},${blue ?? ''})"${opacity === '1' ? '' : ` fill-opacity="${opacity}"`}`;
}

function attributesOf({ x, y, width, height }: Box): string {
  return `x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}"`;
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text in XML, also in an attribute; characters that XML cannot have are left out. */
function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"]/g, (character) => names[character] ?? '');
}
