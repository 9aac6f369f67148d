import { getNodeValue, parseTree, type Node } from 'jsonc-parser';
import { csvSchema } from './schema/csvSchema';
import type { CsvData } from './schema/schema';

/** A table as an experiment names it, and how it is written. */
export type WrittenTable = Pick<CsvData, 'csv' | 'delimiter' | 'decimal' | 'header' | 'missing'>;

/**
 * The table that an experiment, or a variant of it, names, also where the text has problems: while a person types, or
 * before its columns are chosen. Keys that are invalid have their defaults. Undefined if it names no table.
 */
export function writtenTable(text: string, variant?: string): WrittenTable | undefined {
  const root = treeOf(text);
  const valueOf = (key: string): unknown => {
    const own = variant === undefined ? undefined : nodeAt(root, ['variants', variant, 'data', key]);
    const node = own ?? nodeAt(root, ['data', key]);
    return node === undefined ? undefined : (getNodeValue(node) as unknown);
  };
  const { delimiter, decimal, header, missing } = csvSchema.shape;
  const csv = valueOf('csv');
  if (typeof csv !== 'string' || csv === '') return undefined;
  return {
    csv,
    delimiter: delimiter.safeParse(valueOf('delimiter') ?? undefined).data ?? 'auto',
    decimal: decimal.safeParse(valueOf('decimal') ?? undefined).data ?? '.',
    header: header.safeParse(valueOf('header') ?? undefined).data ?? true,
    missing: missing.safeParse(valueOf('missing') ?? undefined).data ?? [],
  };
}

/** Where an experiment, or one of its variants, names a table. */
export interface TableKey {
  /** Undefined for the experiment itself. */
  readonly variant: string | undefined;
  /** Offset of the path in the text. */
  readonly offset: number;
}

/** Variants whose tables are listed. */
const maxVariants = 200;

/** The places at which a text names a table: its own and those of its variants. */
export function tableKeys(text: string): readonly TableKey[] {
  const root = treeOf(text);
  const variants = nodeAt(root, ['variants'])?.children ?? [];
  const names = variants.slice(0, maxVariants).map(({ children: [name] = [] }) => String(name?.value));
  return [undefined, ...names].flatMap((variant) => {
    const node = nodeAt(root, [...(variant === undefined ? [] : ['variants', variant]), 'data', 'csv']);
    return typeof node?.value === 'string' ? [{ variant, offset: node.offset }] : [];
  });
}

/** The tree of a text, as far as it can be parsed; undefined where brackets are nested too deep for the parser. */
function treeOf(text: string): Node | undefined {
  try {
    return parseTree(text, [], { allowTrailingComma: true });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function nodeAt(root: Node | undefined, path: readonly string[]): Node | undefined {
  let here = root;
  for (const key of path) {
    if (here?.type !== 'object') return undefined;
    here = here.children?.find(({ children: [name] = [] }) => name?.value === key)?.children?.[1];
  }
  return here;
}
