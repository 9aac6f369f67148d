import { visit } from 'jsonc-parser';
import { quote } from '../../text/quoting';

/** A safetensors file that is damaged, or not one. */
export class TensorFileError extends Error {
  override readonly name = 'TensorFileError';
}

/**
 * Parses the JSON header of a safetensors file.
 *
 * @throws TensorFileError where it is no JSON object, has a name twice (which the format forbids and `JSON.parse` hides), or
 *   is nested deeper than the format goes: such text takes many times its length in memory once it is parsed
 */
export function parseTensorHeader(bytes: Uint8Array): object {
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    checkStructure(text);
    header = JSON.parse(text);
  } catch (error) {
    if (error instanceof TensorFileError) throw error;
    throw new TensorFileError('Not a safetensors file: its header is no JSON.');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new TensorFileError('Not a safetensors file: its header is no JSON object.');
  }
  return header;
}

/** The header's object, one object for each tensor, and in these the lists of sizes and of offsets. */
const deepest = { object: 2, list: 3 } as const;

function checkStructure(text: string): void {
  /** Keys of the objects that are open. */
  const names: Set<string>[] = [];
  let depth = 0;
  const open = (most: number): void => {
    depth++;
    if (depth > most) throw new TensorFileError('Not a safetensors file: its header is nested too deep.');
  };
  const close = (): void => {
    depth--;
  };
  visit(text, {
    onObjectBegin: () => {
      open(deepest.object);
      names.push(new Set());
    },
    onObjectEnd: () => {
      close();
      names.pop();
    },
    onArrayBegin: () => {
      open(deepest.list);
    },
    onArrayEnd: close,
    onObjectProperty: (name) => {
      const known = names.at(-1);
      if (known?.has(name)) throw new TensorFileError(`The file's header has the name ${quote(name)} twice.`);
      known?.add(name);
    },
  });
}
