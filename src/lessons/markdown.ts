/** A piece of a line. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly content: readonly Inline[] };

/** A part of a text: the subset of Markdown that lessons are written in. */
export type Block =
  | { readonly kind: 'heading'; readonly content: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly content: readonly Inline[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Inline[])[] }
  /** Lines that keep their breaks, such as formulas. */
  | { readonly kind: 'lines'; readonly text: string };

const headingPattern = /^#{1,6}\s+(.*?)\s*#*$/;
const bulletPattern = /^\s{0,3}[-*+]\s+(.*)$/;
const numberPattern = /^\s{0,3}\d{1,3}[.)]\s+(.*)$/;

/** Begins and ends lines that keep their breaks. */
export const fence = '```';

/**
 * Reads the subset of Markdown of lessons: headings, paragraphs, lists of one level, **strong**, *emphasis*, `code` and
 * fenced lines. Everything else is text and is shown as it is written: HTML, links and pictures are none.
 */
export function parseMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', content: parseInline(paragraph.join(' ')) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const heading = headingPattern.exec(line);
    if (line.startsWith(fence)) {
      endParagraph();
      const end = lines.findIndex((later, i) => i > at && later.trimEnd() === fence);
      const to = end < 0 ? lines.length : end;
      blocks.push({ kind: 'lines', text: lines.slice(at + 1, to).join('\n') });
      at = to;
    } else if (heading !== null) {
      endParagraph();
      blocks.push({ kind: 'heading', content: parseInline(heading[1] ?? '') });
    } else if (bulletPattern.test(line) || numberPattern.test(line)) {
      endParagraph();
      const list = listAt(lines, at);
      blocks.push(list.block);
      at = list.end - 1;
    } else if (line.trim() === '') endParagraph();
    else paragraph.push(line.trim());
  }
  endParagraph();
  return blocks;
}

/** The list that begins at a line, and the line after it; indented lines continue an item. */
function listAt(lines: readonly string[], from: number): { readonly block: Block; readonly end: number } {
  const isOrdered = numberPattern.test(lines[from] ?? '');
  const pattern = isOrdered ? numberPattern : bulletPattern;
  const items: string[] = [];
  let end = from;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? '';
    const item = pattern.exec(line);
    if (item !== null) items.push(item[1] ?? '');
    else if (/^\s{2,}\S/.test(line)) items.push(`${items.pop() ?? ''} ${line.trim()}`);
    else break;
  }
  return { block: { kind: 'list', isOrdered, items: items.map(parseInline) }, end };
}

const inlinePattern = /`([^`]+)`|\*\*(?=\S)([^*]+?)\*\*|\*(?=\S)([^*]+?)\*/g;

/** Reads the pieces of a line; a mark without its second half is text. */
export function parseInline(text: string): readonly Inline[] {
  const pieces: Inline[] = [];
  let from = 0;
  const addText = (to: number): void => {
    if (to > from) pieces.push({ kind: 'text', text: text.slice(from, to) });
  };
  for (const found of text.matchAll(inlinePattern)) {
    const [whole, code, strong, emphasis] = found;
    addText(found.index);
    if (code !== undefined) pieces.push({ kind: 'code', text: code });
    else if (strong !== undefined) pieces.push({ kind: 'strong', content: [{ kind: 'text', text: strong }] });
    else pieces.push({ kind: 'emphasis', content: [{ kind: 'text', text: emphasis ?? '' }] });
    from = found.index + whole.length;
  }
  addText(text.length);
  return pieces;
}

/** The pieces of a line without their marks. */
export function textOf(pieces: readonly Inline[]): string {
  return pieces.map((piece) => ('text' in piece ? piece.text : textOf(piece.content))).join('');
}
