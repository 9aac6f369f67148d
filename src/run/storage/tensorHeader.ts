import { visit } from 'jsonc-parser';
import { quote } from '../../text/quoting';

/** A file that is damaged, or not a safetensors file. */
export class TensorFileError extends Error {
  override readonly name = 'TensorFileError';
}

/**
 * Parses the JSON header of a safetensors file.
 *
 * @throws TensorFileError if it is not a JSON object, has a duplicate name (which the format forbids and `JSON.parse`
 *   hides), or is nested deeper than the format allows: parsed, such text takes many times its length in memory
 */
export function parseTensorHeader(bytes: Uint8Array): object {
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    checkStructure(text);
    header = JSON.parse(text);
  } catch (error) {
    if (error instanceof TensorFileError) throw error;
    throw new TensorFileError('Not a safetensors file: its header is not JSON.');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new TensorFileError('Not a safetensors file: its header is not a JSON object.');
  }
  return header;
}

/** Nesting of the format: the header's object, one object for each tensor, and in these lists of sizes and offsets. */
const maxDepth = { object: 2, list: 3 } as const;

function checkStructure(text: string): void {
  /** Keys of the open objects. */
  const names: Set<string>[] = [];
  let depth = 0;
  const open = (allowedDepth: number): void => {
    depth++;
    if (depth > allowedDepth) throw new TensorFileError('Not a safetensors file: its header is nested too deeply.');
  };
  const close = (): void => {
    depth--;
  };
  visit(text, {
    onObjectBegin: () => {
      open(maxDepth.object);
      names.push(new Set());
    },
    onObjectEnd: () => {
      close();
      names.pop();
    },
    onArrayBegin: () => {
      open(maxDepth.list);
    },
    onArrayEnd: close,
    onObjectProperty: (name) => {
      const siblings = names.at(-1);
      if (siblings?.has(name)) throw new TensorFileError(`The file's header has the duplicate name ${quote(name)}.`);
      siblings?.add(name);
    },
  });
}
