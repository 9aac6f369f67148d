import { buf } from 'crc-32';

/** The key of the checksum in all file formats of a run's folder. */
export const checksumKey = 'unroll.crc32';

/** A checksum as text: eight hexadecimal digits. */
const hexDigits = /^[0-9a-f]{8}$/;

/**
 * CRC-32 of bytes, as zlib, gzip and PNG compute it (Python: `zlib.crc32`): it detects every change of up to 32
 * consecutive bits, and any other with a probability of 1 - 2^-32.
 *
 * @param before the checksum of the preceding bytes
 * @returns an unsigned 32-bit number
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  return buf(bytes, before | 0) >>> 0;
}

/** The checksum of a text's UTF-8 bytes, as eight hexadecimal digits. */
export function textChecksum(text: string): string {
  return toHex(crc32(new TextEncoder().encode(text)));
}

/** The text in place of a checksum while it is computed. */
export const checksumPlaceholder = '00000000';

/** Writes the checksum of all bytes, computed with eight zeros at `at`, in place of these zeros. */
export function writeChecksumAt(bytes: Uint8Array, at: number): void {
  bytes.set(new TextEncoder().encode(checksumPlaceholder), at);
  bytes.set(new TextEncoder().encode(toHex(crc32(bytes))), at);
}

/** Whether the eight digits at `at` are the checksum of the bytes, computed with eight zeros in their place. */
export function hasValidChecksumAt(bytes: Uint8Array, at: number): boolean {
  const end = at + checksumPlaceholder.length;
  const written = new TextDecoder('latin1').decode(bytes.subarray(at, end));
  if (!hexDigits.test(written)) return false;
  const zeros = new TextEncoder().encode(checksumPlaceholder);
  return toHex(crc32(bytes.subarray(end), crc32(zeros, crc32(bytes.subarray(0, at))))) === written;
}

function toHex(checksum: number): string {
  return checksum.toString(16).padStart(checksumPlaceholder.length, '0');
}
