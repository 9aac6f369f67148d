import { createScanner, parseTree, type Node } from 'jsonc-parser';
import type { JsonValue } from '../problems/fix';
import type { KeyPath } from '../problems/problem';

/** A change of a text. */
export interface TextChange {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

// The scanner's kinds of token are a const enum, which a bundler that compiles file by file cannot see.
const [comma, lineBreak, blanks, lineComment, blockComment]: readonly number[] = [5, 14, 15, 12, 13];

/** A JSON text with comments that is changed by its keys; what a change doesn't concern stays as it is written. */
export class EditableJson {
  readonly #root: Node | undefined;

  constructor(readonly text: string) {
    this.#root = parseTree(text, [], { allowTrailingComma: true });
  }

  /** The value at a path; undefined if there is none. */
  find(path: KeyPath): Node | undefined {
    let here = this.#root;
    for (const key of path) here = here === undefined ? undefined : childOf(here, key);
    return here;
  }

  /** The source of a value, with the comments inside it. */
  sourceOf({ offset, length }: Node): string {
    return this.text.slice(offset, offset + length);
  }

  replace({ offset, length }: Node, source: string): string {
    return this.#changed({ offset, length, text: source });
  }

  /** Adds a key at the end of an object, on a line of its own if the last one is. */
  insert(object: Node, key: string, source: string): string {
    const property = `${JSON.stringify(key)}: ${source}`;
    const last = object.children?.at(-1);
    if (last === undefined) {
      const inside = this.text.slice(object.offset + 1, object.offset + object.length - 1);
      const text = inside.trim() === '' ? ` ${property} ` : ` ${property},${inside}`;
      return this.#changed({ offset: object.offset + 1, length: object.length - 2, text });
    }
    const end = last.offset + last.length;
    const after = this.#after(end);
    const indent = this.#indentOf(last.offset);
    const [separator, trailing] = [after.comma === undefined ? ',' : '', after.comma === undefined ? '' : ','];
    if (indent === undefined) {
      const at = after.comma === undefined ? end : after.comma + 1;
      return this.#changed({ offset: at, length: 0, text: `${separator} ${property}${trailing}` });
    }
    const lines = `${this.text.includes('\r\n') ? '\r\n' : '\n'}${indent}${property}${trailing}`;
    const kept = this.text.slice(end, after.lineEnd);
    return this.#changed({ offset: end, length: after.lineEnd - end, text: `${separator}${kept}${lines}` });
  }

  /**
   * Removes a key or an element of a list, with its comma, and its lines where nothing else is on them.
   *
   * @param keepsComment whether a comment after it on its line stays
   */
  remove(value: Node, keepsComment = false): string {
    const node = value.parent?.type === 'property' ? value.parent : value;
    const siblings = node.parent?.children ?? [];
    const before = siblings[siblings.indexOf(node) - 1];
    const end = node.offset + node.length;
    const after = this.#after(end);
    const indent = this.#indentOf(node.offset);
    const previousComma = before === undefined ? undefined : this.#after(before.offset + before.length).comma;
    const withoutComma =
      after.comma === undefined && previousComma !== undefined
        ? (text: string): string => text.slice(0, previousComma) + text.slice(previousComma + 1)
        : (text: string): string => text;
    const hasComment = this.text.slice(end, after.lineEnd).includes('/');
    if (indent !== undefined && isLineBreak(this.text[after.lineEnd]) && !(keepsComment && hasComment)) {
      const from = node.offset - indent.length;
      const to = after.lineEnd + (this.text.startsWith('\r\n', after.lineEnd) ? 2 : 1);
      return withoutComma(this.#changed({ offset: from, length: to - from, text: '' }));
    }
    const to = after.comma === undefined ? end : after.comma + 1;
    const isLast = after.comma === undefined && before !== undefined;
    const blank = isLast ? 0 : (/^[ \t]*/.exec(this.text.slice(to))?.[0].length ?? 0);
    const from = isLast ? this.#trimmed(node.offset) : node.offset;
    return withoutComma(this.#changed({ offset: from, length: to + blank - from, text: '' }));
  }

  #changed({ offset, length, text }: TextChange): string {
    return this.text.slice(0, offset) + text + this.text.slice(offset + length);
  }

  /** The offset before the blanks that precede an offset. */
  #trimmed(offset: number): number {
    return offset - (/[ \t]*$/.exec(this.text.slice(0, offset))?.[0].length ?? 0);
  }

  /** The white space before an offset from the start of its line; undefined if something else is there. */
  #indentOf(offset: number): string | undefined {
    const start = this.#trimmed(offset);
    return start > 0 && isLineBreak(this.text[start - 1]) ? this.text.slice(start, offset) : undefined;
  }

  /** The comma after a value, if it has one, and the end of what follows it on its line: comma, blanks and comments. */
  #after(end: number): { readonly comma: number | undefined; readonly lineEnd: number } {
    const scanner = createScanner(this.text);
    scanner.setPosition(end);
    let found: number | undefined;
    let lineEnd: number | undefined;
    for (;;) {
      const kind: number = scanner.scan();
      const at = scanner.getTokenOffset();
      if (kind === comma && found === undefined) found = at;
      else if (kind === lineBreak) lineEnd ??= at;
      else if (kind !== blanks && kind !== lineComment && kind !== blockComment) {
        const written = found === undefined ? end : found + 1;
        return { comma: found, lineEnd: lineEnd === undefined ? written : Math.max(lineEnd, written) };
      }
    }
  }
}

function isLineBreak(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}

function childOf(node: Node, key: string | number): Node | undefined {
  if (typeof key === 'number') return node.type === 'array' ? node.children?.[key] : undefined;
  if (node.type !== 'object') return undefined;
  return node.children?.find(({ children: [name] = [] }) => name?.value === key)?.children?.[1];
}

/** A value as it is written in a file: on one line, with blanks. */
export function jsonSource(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((entry: JsonValue) => jsonSource(entry)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${jsonSource(entry)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
