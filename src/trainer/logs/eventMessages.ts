import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** A value of a summary: a scalar, or the norm of the tensor that a histogram describes. */
export interface SummaryValue {
  readonly tag: string;
  /** The plugin that shows it, such as `scalars`; '' where it is not named. */
  readonly plugin: string;
  readonly content: SummaryContent;
}

/**
 * What a value holds. `norm`: the root of the sum of squares of a histogram; `isExact` where the histogram has the sum, and
 * not only the counts of its buckets; `other`: an image, a text, a graph and whatever is no curve.
 */
export type SummaryContent =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'norm'; readonly value: number; readonly isExact: boolean }
  | { readonly kind: 'other' };

/** What is read of a record of an event file: a message `tensorflow.Event`. */
export interface LogEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  /** `brain.Event:2`, in the first record of a file; '' elsewhere. */
  readonly fileVersion: string;
  /** Whether a training begins again at `step`: what an earlier one wrote from there on is void. */
  readonly isStart: boolean;
  readonly values: readonly SummaryValue[];
}

/** SessionLog.START */
const started = 1;

/**
 * Reads a record of an event file. The field numbers are those of `event.proto`, `summary.proto`, `tensor.proto` and
 * `histogram.proto` of TensorFlow; unknown fields are passed over.
 *
 * @throws where the bytes are no such message
 */
export function readEvent(bytes: Uint8Array): LogEvent {
  let [wallTime, step, fileVersion, isStart] = [NaN, 0, '', false];
  const values: SummaryValue[] = [];
  forEachField(bytes, (reader, field, wire) => {
    if (field === 1 && wire === WireType.Bit64) wallTime = reader.double();
    else if (field === 2 && wire === WireType.Varint) step = Number(reader.int64());
    else if (field === 3 && wire === WireType.LengthDelimited) fileVersion = reader.string();
    else if (field === 5 && wire === WireType.LengthDelimited) {
      forEachField(reader.bytes(), (summary, inner, innerWire) => {
        if (inner !== 1 || innerWire !== WireType.LengthDelimited) return false;
        values.push(readValue(summary.bytes()));
        return true;
      });
    } else if (field === 7 && wire === WireType.LengthDelimited) isStart = sessionStatus(reader.bytes()) === started;
    else return false;
    return true;
  });
  return { wallTime, step, fileVersion, isStart, values };
}

/**
 * Calls `read` for each field of a message.
 *
 * @param read whether it has read the field; one that it has not is passed over
 */
function forEachField(bytes: Uint8Array, read: (reader: BinaryReader, field: number, wire: WireType) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (!read(reader, field, wire)) reader.skip(wire, field);
  }
}

function sessionStatus(bytes: Uint8Array): number {
  let status = 0;
  forEachField(bytes, (reader, field, wire) => {
    if (field !== 1 || wire !== WireType.Varint) return false;
    status = reader.int32();
    return true;
  });
  return status;
}

function readValue(bytes: Uint8Array): SummaryValue {
  let [tag, plugin] = ['', ''];
  let content: SummaryContent = { kind: 'other' };
  forEachField(bytes, (reader, field, wire) => {
    if (field === 2 && wire === WireType.Bit32) content = { kind: 'scalar', value: reader.float() };
    else if (wire !== WireType.LengthDelimited) return false;
    else if (field === 1) tag = reader.string();
    else if (field === 5) content = { kind: 'norm', value: normOfHistogram(reader.bytes()), isExact: true };
    else if (field === 8) content = contentOfTensor(reader.bytes());
    else if (field === 9) plugin = pluginOf(reader.bytes());
    else return false;
    return true;
  });
  return { tag, plugin, content };
}

/** The name of the plugin in a message `SummaryMetadata`. */
function pluginOf(bytes: Uint8Array): string {
  let name = '';
  forEachField(bytes, (metadata, field, wire) => {
    if (field !== 1 || wire !== WireType.LengthDelimited) return false;
    forEachField(metadata.bytes(), (reader, inner, innerWire) => {
      if (inner !== 1 || innerWire !== WireType.LengthDelimited) return false;
      name = reader.string();
      return true;
    });
    return true;
  });
  return name;
}

/** The root of the sum of squares in a message `HistogramProto`. */
function normOfHistogram(bytes: Uint8Array): number {
  let squares = 0;
  forEachField(bytes, (reader, field, wire) => {
    if (field !== 5 || wire !== WireType.Bit64) return false;
    squares = reader.double();
    return true;
  });
  return Math.sqrt(squares);
}

/** The sizes of a tensor's dimensions, and its numbers as far as they are needed. */
interface Tensor {
  dtype: number;
  readonly shape: number[];
  content: Uint8Array;
  readonly numbers: number[];
}

/** Most numbers of a tensor that are read: a histogram of TensorFlow has 30 buckets, each of three numbers. */
const maxNumbers = 3 * 4096;

/** The types of numbers, as `types.proto` numbers them: bytes of each, and how one is read. */
const dtypes: Readonly<Record<number, readonly [number, (view: DataView, at: number) => number]>> = {
  1: [4, (view, at) => view.getFloat32(at, true)],
  2: [8, (view, at) => view.getFloat64(at, true)],
  3: [4, (view, at) => view.getInt32(at, true)],
  4: [1, (view, at) => view.getUint8(at)],
  5: [2, (view, at) => view.getInt16(at, true)],
  6: [1, (view, at) => view.getInt8(at)],
  9: [8, (view, at) => Number(view.getBigInt64(at, true))],
  10: [1, (view, at) => view.getUint8(at)],
  14: [2, (view, at) => bfloat16(view.getUint16(at, true))],
  17: [2, (view, at) => view.getUint16(at, true)],
  19: [2, (view, at) => half(view.getUint16(at, true))],
  22: [4, (view, at) => view.getUint32(at, true)],
  23: [8, (view, at) => Number(view.getBigUint64(at, true))],
};

const [bfloat16Type, halfType] = [14, 19];

function contentOfTensor(bytes: Uint8Array): SummaryContent {
  const tensor = readTensor(bytes);
  const count = tensor?.shape.reduce((product, size) => product * size, 1);
  if (tensor === undefined || count === undefined || !(count <= maxNumbers)) return { kind: 'other' };
  const numbers = numbersOf(tensor, count);
  if (numbers === undefined) return { kind: 'other' };
  if (tensor.shape.length === 2 && tensor.shape[1] === 3) {
    return { kind: 'norm', value: normOfBuckets(numbers), isExact: false };
  }
  const [value] = numbers;
  return count === 1 && value !== undefined ? { kind: 'scalar', value } : { kind: 'other' };
}

/** Reads a message `TensorProto`; undefined for a tensor whose numbers are not read. */
function readTensor(bytes: Uint8Array): Tensor | undefined {
  const tensor: Tensor = { dtype: 0, shape: [], content: new Uint8Array(0), numbers: [] };
  forEachField(bytes, (reader, field, wire) => {
    if (field === 1 && wire === WireType.Varint) tensor.dtype = reader.int32();
    else if (field === 2 && wire === WireType.LengthDelimited) tensor.shape.push(...shapeOf(reader.bytes()));
    else if (field === 4 && wire === WireType.LengthDelimited) tensor.content = reader.bytes();
    else {
      const read = numberFields[field];
      if (read === undefined) return false;
      readRepeated(reader, wire, read, tensor.numbers);
    }
    return true;
  });
  return tensor.dtype in dtypes ? tensor : undefined;
}

/** The fields of a `TensorProto` with its numbers: float, double, int, int64, bool, half and bfloat16, uint32, uint64. */
const numberFields: Readonly<Record<number, (reader: BinaryReader) => number>> = {
  5: (reader) => reader.float(),
  6: (reader) => reader.double(),
  7: (reader) => reader.int32(),
  10: (reader) => Number(reader.int64()),
  11: (reader) => Number(reader.bool()),
  13: (reader) => reader.int32(),
  16: (reader) => reader.uint32(),
  17: (reader) => Number(reader.uint64()),
};

/** Reads numbers that are packed or stand alone; at most as many as are needed. */
function readRepeated(
  reader: BinaryReader,
  wire: WireType,
  read: (reader: BinaryReader) => number,
  into: number[],
): void {
  if (wire !== WireType.LengthDelimited) {
    into.push(read(reader));
    return;
  }
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len && into.length < maxNumbers) into.push(read(packed));
}

function shapeOf(bytes: Uint8Array): number[] {
  const shape: number[] = [];
  forEachField(bytes, (reader, field, wire) => {
    if (field !== 2 || wire !== WireType.LengthDelimited || shape.length > 8) return false;
    let size = 0;
    forEachField(reader.bytes(), (dimension, inner, innerWire) => {
      if (inner !== 1 || innerWire !== WireType.Varint) return false;
      size = Number(dimension.int64());
      return true;
    });
    shape.push(size);
    return true;
  });
  return shape;
}

/** The numbers of a tensor; undefined where it has fewer. A tensor may have one number for all of its elements. */
function numbersOf({ dtype, content, numbers }: Tensor, count: number): readonly number[] | undefined {
  const [bytes, read] = dtypes[dtype] ?? [1, () => NaN];
  if (content.length > 0) {
    if (content.length < bytes * count) return undefined;
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    return Array.from({ length: count }, (_, n) => read(view, bytes * n));
  }
  const last = numbers.at(-1);
  if (last === undefined) return count === 0 ? [] : undefined;
  const decode = dtype === bfloat16Type ? bfloat16 : dtype === halfType ? half : (number: number) => number;
  return Array.from({ length: count }, (_, n) => decode(numbers[n] ?? last));
}

/**
 * The root of the sum of squares of values that are spread evenly within each bucket.
 *
 * @param buckets (k,3) left edge, right edge, count
 */
function normOfBuckets(buckets: readonly number[]): number {
  let squares = 0;
  for (let at = 0; at + 2 < buckets.length; at += 3) {
    const [left = NaN, right = NaN, count = NaN] = buckets.slice(at, at + 3);
    squares += (count * (left * left + left * right + right * right)) / 3;
  }
  return Math.sqrt(squares);
}

function bfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, (bits & 0xffff) << 16);
  return view.getFloat32(0);
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
