/**
 * The safetensors container: a little-endian u64 header length, a JSON header of dtypes, shapes and byte ranges, and the
 * bytes of the tensors. Definition: huggingface/safetensors, "Format". Written here because no package for JavaScript
 * writes it.
 */

/** A tensor as a safetensors file holds it. */
export type StoredTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'F64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array };

/** What a safetensors file holds. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A safetensors file that is damaged, or not one. */
export class TensorFileError extends Error {
  override readonly name = 'TensorFileError';
}

const bytesPerElement = { F32: 4, F64: 8, I32: 4 } as const;
const largestHeader = 100 * 1024 * 1024;
const alignment = 8;

/** The bytes of a file with these tensors, in order; the data begins on an 8-byte boundary. */
export function writeTensorFile({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
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
  return bytes;
}

/**
 * Reads a file; nothing its header says is believed before it is checked against the bytes that are there.
 *
 * @throws TensorFileError naming what is wrong.
 */
export function readTensorFile(bytes: Uint8Array): TensorFile {
  if (bytes.length < 8)
    throw new TensorFileError(`A safetensors file has at least 8 bytes; this one has ${bytes.length}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(Math.min(bytes.length - 8, largestHeader))) {
    throw new TensorFileError(
      `Not a safetensors file: its header would be ${headerLength} bytes long, and the file has ${bytes.length}.`,
    );
  }
  const dataStart = 8 + Number(headerLength);
  const header = parseHeader(bytes.subarray(8, dataStart));
  const tensors = new Map<string, StoredTensor>();
  const metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') Object.assign(metadata, metadataOf(entry));
    else tensors.set(name, tensorOf(name, entry, bytes.subarray(dataStart)));
  }
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new TensorFileError('Not a safetensors file: its header is no JSON.');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new TensorFileError('Not a safetensors file: its header is no JSON object.');
  }
  return header;
}

function metadataOf(entry: unknown): Record<string, string> {
  if (typeof entry !== 'object' || entry === null) throw new TensorFileError('The metadata is no JSON object.');
  const pairs = Object.entries(entry).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return Object.fromEntries(pairs);
}

function tensorOf(name: string, entry: unknown, data: Uint8Array): StoredTensor {
  const fault = (what: string): TensorFileError => new TensorFileError(`Tensor "${name}" ${what}.`);
  if (typeof entry !== 'object' || entry === null) throw fault('has no description');
  const { dtype, shape, data_offsets: range } = entry as Record<string, unknown>;
  if (dtype !== 'F32' && dtype !== 'F64' && dtype !== 'I32') {
    throw fault(`is of type ${JSON.stringify(dtype)}; F32, F64 and I32 can be read: convert it first`);
  }
  if (!isSizes(shape)) throw fault('has no shape of whole numbers');
  if (!isSizes(range) || range.length !== 2) throw fault('has no pair of data offsets');
  const [from = 0, to = 0] = range;
  const length = shape.reduce((product, size) => product * size, 1);
  if (to > data.length || to - from !== length * bytesPerElement[dtype]) {
    throw fault(
      `claims bytes ${from} to ${to} for ${length} numbers of ${dtype}; the file holds ${data.length} bytes of data`,
    );
  }
  // A copy, because the bytes in the file need not be aligned; made here, because a Node Buffer's slice is a view.
  const { buffer } = new Uint8Array(data.subarray(from, to));
  switch (dtype) {
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer) };
    case 'F64':
      return { dtype, shape, data: new Float64Array(buffer) };
    case 'I32':
      return { dtype, shape, data: new Int32Array(buffer) };
    default:
      return dtype satisfies never;
  }
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
