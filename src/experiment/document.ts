import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { LineIndex } from './lineIndex';
import { readSyntax } from './syntax';
import type { KeyPath, Place, Refusal } from './refusal';

/** A JSON object as read from a text: own keys only. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object that is neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path, or undefined where there is none; only own keys are followed. */
export function valueAt(value: unknown, path: KeyPath): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string | number, unknown>)[key];
  }
  return here;
}

/** A JSON text that could be read: its value, and where each part of it stands. */
export class JsonDocument {
  constructor(
    readonly root: Node,
    readonly value: unknown,
    readonly lines: LineIndex,
  ) {}

  has(path: KeyPath): boolean {
    return findNodeAtLocation(this.root, [...path]) !== undefined;
  }

  /** The key at a path with its quotes; for an element of a list its beginning, for the root its brace. */
  keyPlace(path: KeyPath): Place {
    const node = this.#nearest(path);
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    if (key) return this.lines.place(key.offset, key.length);
    return this.lines.place(node.offset, isContainer(node) ? 1 : node.length);
  }

  /** The value at a path; an object or list of several lines is shown at its key. */
  valuePlace(path: KeyPath): Place {
    const node = this.#nearest(path);
    return isContainer(node) || !this.has(path) ? this.keyPlace(path) : this.lines.place(node.offset, node.length);
  }

  /** The longest beginning of a path that exists in the text. */
  nearest(path: KeyPath): KeyPath {
    for (let length = path.length; length > 0; length--) {
      const shorter = path.slice(0, length);
      if (this.has(shorter)) return shorter;
    }
    return [];
  }

  #nearest(path: KeyPath): Node {
    return findNodeAtLocation(this.root, [...this.nearest(path)]) ?? this.root;
  }
}

function isContainer(node: Node): boolean {
  return node.type === 'object' || node.type === 'array';
}

/** What reading a text gives: a document, or why it is none. */
export type ReadDocument =
  | { readonly kind: 'document'; readonly document: JsonDocument }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/**
 * Reads JSON with comments and trailing commas, keeping positions. Refuses what no schema sees: broken syntax, keys
 * that stand twice, numbers beyond the range of doubles, and the key `__proto__`.
 */
export function readDocument(text: string): ReadDocument {
  // A byte-order mark becomes a blank, so that every offset stays what the editor counts.
  const readable = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const lines = new LineIndex(readable);
  const syntax = readSyntax(readable, lines);
  if (!('root' in syntax)) return { kind: 'refused', refusals: [syntax] };
  const refusals: Refusal[] = [];
  const value = new TreeReader(readable, lines, refusals).read(syntax.root, []);
  if (refusals.length > 0) return { kind: 'refused', refusals };
  return { kind: 'document', document: new JsonDocument(syntax.root, value, lines) };
}

class TreeReader {
  constructor(
    readonly text: string,
    readonly lines: LineIndex,
    readonly refusals: Refusal[],
  ) {}

  read(node: Node, path: KeyPath): unknown {
    if (node.type === 'array') return (node.children ?? []).map((child, index) => this.read(child, [...path, index]));
    if (node.type === 'object') return this.#object(node, path);
    if (node.type === 'number' && !Number.isFinite(node.value)) {
      const found = this.text.slice(node.offset, node.offset + node.length);
      this.#refuse('notFinite', `${found} is beyond the range of numbers: write a finite number.`, path, node);
    }
    return node.value as unknown;
  }

  #object(node: Node, path: KeyPath): JsonObject {
    const entries = new Map<string, { readonly line: number; readonly value: unknown }>();
    for (const property of node.children ?? []) {
      const [key, child] = property.children ?? [];
      if (!key || !child) continue;
      const name = String(key.value);
      const keyPath = [...path, name];
      const first = entries.get(name);
      if (name === '__proto__') {
        this.#refuse(
          'reservedKey',
          '"__proto__" is reserved by JavaScript and no key of an experiment: delete it.',
          keyPath,
          key,
        );
      } else if (first) {
        this.#refuse(
          'duplicateKey',
          `"${name}" stands twice in the same object, first on line ${first.line}: keep one of them.`,
          keyPath,
          key,
        );
      } else {
        entries.set(name, { line: this.lines.place(key.offset, 0).line, value: this.read(child, keyPath) });
      }
    }
    return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]));
  }

  #refuse(code: string, message: string, keyPath: KeyPath, { offset, length }: Node): void {
    this.refusals.push({ code, message, keyPath, place: this.lines.place(offset, length) });
  }
}
