/**
 * A message as bytes: JSON, and behind it the typed arrays in the byte order of the machine, which is little-endian on
 * every machine that VS Code and the common browsers run on. Equal arrays are stored once.
 */
const mark = 'unroll.array';

const arrayTypes = { Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array } as const;

type ArrayName = keyof typeof arrayTypes;

/** The place of an array behind the JSON. */
interface PackedArray {
  readonly [mark]: ArrayName;
  /** Bytes from the first array. */
  readonly at: number;
  /** Elements. */
  readonly length: number;
}

/** Every array begins at a multiple of so many bytes, as a view of doubles must. */
const alignment = 8;
/** Bytes before the JSON: its length. */
const headBytes = 8;

/**
 * The bytes of a message. NaN and the infinities must be marked (`markNumbers`): JSON doesn't have them.
 *
 * @throws for typed arrays of other types than doubles, floats, integers of 32 bits and bytes
 */
export function pack(message: unknown): Uint8Array<ArrayBuffer> {
  const arrays: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  const stored = new Map<string, { readonly at: number; readonly bytes: Uint8Array }[]>();
  let end = 0;
  const place = (bytes: Uint8Array): number => {
    const key = `${bytes.length} ${checksum(bytes)}`;
    const alike = stored.get(key) ?? [];
    const known = alike.find((other) => other.bytes.every((byte, i) => byte === bytes[i]));
    if (known !== undefined) return known.at;
    const array = { at: end, bytes };
    stored.set(key, [...alike, array]);
    arrays.push(array);
    end += aligned(bytes.length);
    return array.at;
  };
  const json = JSON.stringify(message, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const name = value.constructor.name;
    if (!isArrayName(name)) throw new Error(`A ${name} can't be packed.`);
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const length = value.byteLength / arrayTypes[name].BYTES_PER_ELEMENT;
    return { [mark]: name, at: place(bytes), length } satisfies PackedArray;
  });
  const text = new TextEncoder().encode(json);
  const start = headBytes + aligned(text.length);
  const packed = new Uint8Array(start + end);
  new DataView(packed.buffer).setUint32(0, text.length, true);
  packed.set(text, headBytes);
  for (const { at, bytes } of arrays) packed.set(bytes, start + at);
  return packed;
}

/** The message in these bytes; its arrays are views of them. */
export function unpack(packed: ArrayBuffer): unknown {
  const length = new DataView(packed).getUint32(0, true);
  const start = headBytes + aligned(length);
  const text = new TextDecoder().decode(new Uint8Array(packed, headBytes, length));
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !(mark in value)) return value;
    const { [mark]: name, at, length: elements } = value as PackedArray;
    return new arrayTypes[name](packed, start + at, elements);
  });
}

function isArrayName(name: string): name is ArrayName {
  return Object.hasOwn(arrayTypes, name);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** The FNV-1a hash of some bytes: only arrays with the same one are compared. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
