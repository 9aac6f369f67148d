/** The bytes of a safetensors file with any header, and `dataLength` bytes of data. */
export function tensorFileOf(header: string, dataLength: number): Uint8Array {
  const json = Buffer.from(header);
  const bytes = Buffer.alloc(8 + json.length + dataLength);
  bytes.writeBigUInt64LE(BigInt(json.length));
  json.copy(bytes, 8);
  return bytes;
}

/** A file with many tensors that share the same `dataLength` bytes. */
export function overlappingTensors(
  count: number,
  dataLength: number,
  metadata: Readonly<Record<string, string>> = {},
  name = (n: number): string => `t${n}`,
): Uint8Array {
  const entry = { dtype: 'F64', shape: [dataLength / 8], data_offsets: [0, dataLength] };
  const tensors = Object.fromEntries(Array.from({ length: count }, (_, n) => [name(n), entry]));
  return tensorFileOf(JSON.stringify({ __metadata__: metadata, ...tensors }), dataLength);
}
