/**
 * The safetensors container: a little-endian u64 header length, a JSON header of dtypes, shapes and byte ranges, and the
 * bytes of the tensors. Definition: huggingface/safetensors, "Format". Written here because no package for JavaScript
 * writes it. A file carries a checksum of all its bytes in its metadata; one without, as others write it, is read as well.
 */
import { checksumKey, hasValidChecksumAt, checksumPlaceholder, writeChecksumAt } from './checksum';
import { parseTensorHeader, TensorFileError } from './tensorHeader';
import { quote } from '../../text/quoting';

export { TensorFileError };

/** A tensor as a safetensors file holds it. */
export type StoredTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'F64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array };

/** What a safetensors file holds. */
export interface TensorFile {
  /** Tensors of half precision (F16, BF16) are F32, which holds their values exactly. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file that was read. */
export interface ReadTensorFile extends TensorFile {
  /** The type of each tensor whose type is not read, such as I64, by name. */
  readonly others: ReadonlyMap<string, string>;
}

/** Bytes of an element, by the types of the format (huggingface/safetensors, "Format"). */
const bytesPerElement = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1 },
  ...{ I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1 },
} as const;
type StoredType = keyof typeof bytesPerElement;
const isStoredType = (type: string): type is StoredType => Object.hasOwn(bytesPerElement, type);

/** A net of 1,024 layers, the maximum, has a header of 3 MiB. */
const maxHeaderBytes = 16 * 1024 * 1024;
/** The maximum of PyTorch. */
const maxDimensions = 64;
const alignment = 8;

/** The bytes of a file with these tensors, in order; the data begins on an 8-byte boundary. */
export function writeTensorFile({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { [checksumKey]: checksumPlaceholder, ...metadata } };
  // Widest elements first keeps every tensor aligned to its own element.
  const ordered = [...tensors].sort(([, a], [, b]) => bytesPerElement[b.dtype] - bytesPerElement[a.dtype]);
  let end = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / alignment) * alignment;
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(json, 8);
  let offset = 8 + headerLength;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  writeChecksumAt(bytes, checksumOffset);
  return bytes;
}

/** The length of the header of a file that begins with these 8 bytes; undefined if it is none of a readable file. */
export function headerLengthOf(start: Uint8Array): number | undefined {
  if (start.length < 8) return undefined;
  const length = new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(0, true);
  return length > BigInt(maxHeaderBytes) ? undefined : Number(length);
}

/** Offset of the checksum: the metadata come first in the file, and the checksum first in them. */
const checksumOffset = 8 + `{"__metadata__":{"${checksumKey}":"`.length;

/**
 * Verifies the checksum, and returns the metadata without it.
 *
 * @throws TensorFileError if the file has a checksum that its bytes do not match
 */
function verifyChecksum(
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { [checksumKey]: checksum, ...others } = metadata;
  if (checksum === undefined) return others;
  const written = new TextDecoder().decode(bytes.subarray(checksumOffset, checksumOffset + checksumPlaceholder.length));
  if (written !== checksum || !hasValidChecksumAt(bytes, checksumOffset)) {
    throw new TensorFileError(
      `The file is damaged: its bytes do not match the checksum in its metadata. If you edited it, remove "${checksumKey}" there.`,
    );
  }
  return others;
}

/**
 * Reads a file; the header is checked against the bytes of the file before it is used. A tensor takes memory when its
 * `data` are first read, and all tensors together no more than the file, or twice the file in half precision.
 *
 * @throws TensorFileError naming what is wrong.
 */
export function readTensorFile(bytes: Uint8Array): ReadTensorFile {
  if (bytes.length < 8)
    throw new TensorFileError(`A safetensors file has at least 8 bytes; this one has ${bytes.length}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(bytes.length - 8)) {
    throw new TensorFileError(
      `Not a safetensors file: its header would have ${headerLength} bytes, but the file has ${bytes.length}.`,
    );
  }
  if (headerLength > BigInt(maxHeaderBytes)) {
    throw new TensorFileError(`The file's header has ${headerLength} bytes; at most ${maxHeaderBytes} are allowed.`);
  }
  const dataStart = 8 + Number(headerLength);
  const header = parseTensorHeader(bytes.subarray(8, dataStart));
  const data = bytes.subarray(dataStart);
  const places: TensorRange[] = [];
  const metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') Object.assign(metadata, metadataOf(entry));
    else places.push(parseTensorRange(name, entry, data.length));
  }
  checkRanges(places, data.length);
  const tensors = new Map<string, StoredTensor>();
  const others = new Map<string, string>();
  for (const place of places) {
    const tensor = lazyTensor(place, data);
    if (tensor === undefined) others.set(place.name, place.dtype);
    else tensors.set(place.name, tensor);
  }
  return { tensors, others, metadata: verifyChecksum(bytes, metadata) };
}

/** The entry of a tensor in the header. */
interface TensorRange {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Offset of its first byte in the data, and of the first byte after it. */
  readonly from: number;
  readonly to: number;
}

function metadataOf(entry: unknown): Record<string, string> {
  if (typeof entry !== 'object' || entry === null) throw new TensorFileError('The metadata is not a JSON object.');
  const pairs = Object.entries(entry).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return Object.fromEntries(pairs);
}

function parseTensorRange(name: string, entry: unknown, dataLength: number): TensorRange {
  const error = (what: string): TensorFileError => new TensorFileError(`Tensor ${quote(name)} ${what}.`);
  if (typeof entry !== 'object' || entry === null) throw error('has no entry that is an object');
  const { dtype, shape, data_offsets: range } = entry as Record<string, unknown>;
  if (typeof dtype !== 'string' || !isStoredType(dtype)) {
    throw error(`has the unknown type ${typeof dtype === 'string' ? quote(dtype) : typeof dtype}`);
  }
  if (!isSizes(shape)) throw error('has no shape of whole numbers');
  if (shape.length > maxDimensions) throw error(`has ${shape.length} dimensions; at most ${maxDimensions} are allowed`);
  if (!isSizes(range) || range.length !== 2) throw error('has no pair of data offsets');
  const [from = 0, to = 0] = range;
  const length = shape.reduce((product, size) => product * size, 1);
  if (to > dataLength || to - from !== length * bytesPerElement[dtype]) {
    throw error(
      `claims bytes ${from} to ${to} for ${length} numbers of ${dtype}; the file holds ${dataLength} bytes of data`,
    );
  }
  return { name, dtype, shape, from, to };
}

/** The format requires every byte to belong to one tensor: shared bytes would take memory for each tensor. */
function checkRanges(places: readonly TensorRange[], dataLength: number): void {
  let end = 0;
  for (const { name, from, to } of [...places].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) {
      throw new TensorFileError(
        `Tensor ${quote(name)} begins at byte ${from}, where another tensor has bytes up to ${end}; tensors may not overlap.`,
      );
    }
    if (from > end) throw gapError(end, from);
    end = to;
  }
  if (end < dataLength) throw gapError(end, dataLength);
}

function gapError(from: number, to: number): TensorFileError {
  return new TensorFileError(`Bytes ${from} to ${to} of the data belong to no tensor: the file is damaged.`);
}

/** The tensor of an entry; undefined for a type that is not read. */
function lazyTensor({ dtype, shape, from, to }: TensorRange, bytes: Uint8Array): StoredTensor | undefined {
  // A copy, because the bytes in the file need not be aligned; not with `slice`, which is a view of a Node Buffer.
  const copy = (): ArrayBuffer => new Uint8Array(bytes.subarray(from, to)).buffer;
  switch (dtype) {
    case 'F32':
      return withLazyData({ dtype, shape }, () => new Float32Array(copy()));
    case 'F64':
      return withLazyData({ dtype, shape }, () => new Float64Array(copy()));
    case 'I32':
      return withLazyData({ dtype, shape }, () => new Int32Array(copy()));
    case 'F16':
      return withLazyData({ dtype: 'F32' as const, shape }, () => Float32Array.from(new Uint16Array(copy()), fromHalf));
    case 'BF16':
      return withLazyData({ dtype: 'F32' as const, shape }, () => fromBfloat16(new Uint16Array(copy())));
    default:
      // Files of others have such tensors beside those that are needed.
      return undefined;
  }
}

/** The number of the bits of IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. Exact in single precision. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a single-precision number. */
function fromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
}

/** Adds a lazy `data` property. */
function withLazyData<Described extends object, Data>(described: Described, make: () => Data) {
  let made: Data | undefined;
  return {
    ...described,
    get data(): Data {
      return (made ??= make());
    },
  };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
