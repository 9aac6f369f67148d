import type { Node } from 'jsonc-parser';
import { LineIndex } from './lineIndex';
import { readSyntax } from './syntax';
import type { KeyPath, SourceRange, Problem } from '../problems/problem';
import { quote, truncate } from '../../text/quoting';
import { english } from '../../text/translate';

/** A parsed JSON object; only own keys count. */
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

/** A parsed JSON text: its value, and the position of each part. */
export class JsonDocument {
  readonly #values = new WeakMap<Node, ReadonlyMap<string, Node>>();

  constructor(
    readonly root: Node,
    readonly value: unknown,
    readonly lines: LineIndex,
    /** How many values it has, objects and lists included. */
    readonly size: number,
  ) {}

  has(path: KeyPath): boolean {
    return this.#find(path) !== undefined;
  }

  /** The key at a path with its quotes; for an element of a list its beginning, for the root its brace. */
  keyPlace(path: KeyPath): SourceRange {
    const node = this.#nearest(path);
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    if (key) return this.lines.place(key.offset, key.length);
    return this.lines.place(node.offset, isContainer(node) ? 1 : node.length);
  }

  /** The value at a path; an object or list of several lines is shown at its key. */
  valuePlace(path: KeyPath): SourceRange {
    const node = this.#nearest(path);
    return isContainer(node) || !this.has(path) ? this.keyPlace(path) : this.lines.place(node.offset, node.length);
  }

  /** The longest prefix of a path that exists in the text. */
  nearest(path: KeyPath): KeyPath {
    for (let length = path.length; length > 0; length--) {
      const shorter = path.slice(0, length);
      if (this.has(shorter)) return shorter;
    }
    return [];
  }

  #nearest(path: KeyPath): Node {
    return this.#find(this.nearest(path)) ?? this.root;
  }

  #find(path: KeyPath): Node | undefined {
    let here: Node | undefined = this.root;
    for (const key of path) {
      if (here === undefined) return undefined;
      if (typeof key === 'number') here = here.type === 'array' ? here.children?.[key] : undefined;
      else here = here.type === 'object' ? this.#valuesOf(here).get(key) : undefined;
    }
    return here;
  }

  /** The values of an object by key. Cached, because an object may have a hundred thousand keys. */
  #valuesOf(object: Node): ReadonlyMap<string, Node> {
    const known = this.#values.get(object);
    if (known !== undefined) return known;
    const values = new Map<string, Node>();
    for (const { children: [key, value] = [] } of object.children ?? []) {
      if (key !== undefined && value !== undefined) values.set(String(key.value), value);
    }
    this.#values.set(object, values);
    return values;
  }
}

function isContainer(node: Node): boolean {
  return node.type === 'object' || node.type === 'array';
}

/** A parsed document, or the problems that prevent parsing. */
export type ReadDocument =
  | { readonly kind: 'document'; readonly document: JsonDocument }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/**
 * Parses JSON with comments and trailing commas, with positions. Reports what a schema cannot see: invalid syntax,
 * duplicate keys, numbers out of the range of doubles, and the key `__proto__`.
 */
export function readDocument(text: string): ReadDocument {
  // A byte-order mark becomes a space, so that offsets equal those of the editor.
  const readable = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const lines = new LineIndex(readable);
  const syntax = readSyntax(readable, lines);
  if (!('root' in syntax)) return { kind: 'refused', problems: [syntax] };
  const problems: Problem[] = [];
  const reader = new TreeReader(readable, lines, problems);
  const value = reader.read(syntax.root, []);
  if (problems.length > 0) return { kind: 'refused', problems };
  return { kind: 'document', document: new JsonDocument(syntax.root, value, lines, reader.size) };
}

/** Problems that are reported for one text: ten thousand of a kind are one mistake. */
const maxProblems = 50;

class TreeReader {
  /** Values read so far. */
  size = 0;

  constructor(
    readonly text: string,
    readonly lines: LineIndex,
    readonly problems: Problem[],
  ) {}

  read(node: Node, path: KeyPath): unknown {
    this.size += 1;
    if (node.type === 'array') return (node.children ?? []).map((child, index) => this.read(child, [...path, index]));
    if (node.type === 'object') return this.#object(node, path);
    if (node.type === 'number' && !Number.isFinite(node.value)) {
      const found = truncate(this.text.slice(node.offset, node.offset + node.length));
      this.#report('notFinite', english`${found} is out of range: write a finite number.`, path, node);
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
        this.#report(
          'reservedKey',
          english`"__proto__" is reserved by JavaScript and not allowed as a key: delete it.`,
          keyPath,
          key,
        );
      } else if (first) {
        this.#report(
          'duplicateKey',
          english`Duplicate key ${quote(name)}, first on line ${first.line}: keep one of them.`,
          keyPath,
          key,
        );
      } else {
        entries.set(name, { line: this.lines.place(key.offset, 0).line, value: this.read(child, keyPath) });
      }
    }
    return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]));
  }

  #report(code: string, message: string, keyPath: KeyPath, { offset, length }: Node): void {
    if (this.problems.length < maxProblems)
      this.problems.push({ code, message, keyPath, place: this.lines.place(offset, length) });
  }
}
