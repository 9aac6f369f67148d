import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { maskedChecksum } from '../logs/maskedChecksum';

/** A value of a summary for TensorBoard. */
export interface WrittenValue {
  readonly tag: string;
  readonly plugin: 'scalars' | 'histograms';
  /** Sizes of a tensor of 64-bit numbers: none of a scalar, [k, 3] of a histogram: left edge, right edge, count. */
  readonly shape: readonly number[];
  readonly numbers: Float64Array;
}

/** DT_DOUBLE */
const doubleType = 2;

/** The record with which an event file begins. */
export function firstRecord(wallTime: number): Uint8Array {
  return recordOf(
    new BinaryWriter()
      .tag(1, WireType.Bit64)
      .double(wallTime)
      .tag(3, WireType.LengthDelimited)
      .string('brain.Event:2')
      .finish(),
  );
}

/**
 * A record of an event file with the values of one step, in the form of TensorFlow 2.
 *
 * @param wallTime seconds since 1970
 */
export function eventRecord(wallTime: number, step: number, values: readonly WrittenValue[]): Uint8Array {
  const summary = new BinaryWriter();
  for (const value of values) summary.tag(1, WireType.LengthDelimited).bytes(valueMessage(value));
  return recordOf(
    new BinaryWriter()
      .tag(1, WireType.Bit64)
      .double(wallTime)
      .tag(2, WireType.Varint)
      .int64(step)
      .tag(5, WireType.LengthDelimited)
      .bytes(summary.finish())
      .finish(),
  );
}

function valueMessage({ tag, plugin, shape, numbers }: WrittenValue): Uint8Array {
  const dimensions = new BinaryWriter();
  for (const size of shape) {
    dimensions.tag(2, WireType.LengthDelimited).bytes(new BinaryWriter().tag(1, WireType.Varint).int64(size).finish());
  }
  const content = new Uint8Array(8 * numbers.length);
  const view = new DataView(content.buffer);
  numbers.forEach((number, n) => {
    view.setFloat64(8 * n, number, true);
  });
  const tensor = new BinaryWriter()
    .tag(1, WireType.Varint)
    .int32(doubleType)
    .tag(2, WireType.LengthDelimited)
    .bytes(dimensions.finish())
    .tag(4, WireType.LengthDelimited)
    .bytes(content)
    .finish();
  const pluginData = new BinaryWriter().tag(1, WireType.LengthDelimited).string(plugin).finish();
  return new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .string(tag)
    .tag(8, WireType.LengthDelimited)
    .bytes(tensor)
    .tag(9, WireType.LengthDelimited)
    .bytes(new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(pluginData).finish())
    .finish();
}

/** A TFRecord: length, its checksum, the bytes, theirs. */
function recordOf(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + bytes.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
  record.set(bytes, 12);
  view.setUint32(12 + bytes.length, maskedChecksum(bytes), true);
  return record;
}
