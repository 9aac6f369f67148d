import { buf } from 'crc-32';

/** The key that a checksum stands under in every format of a run's folder. */
export const checksumKey = 'unroll.crc32';

/** Eight hexadecimal digits, as a checksum is written. */
const digits = /^[0-9a-f]{8}$/;

/**
 * CRC-32 of bytes, as zlib, gzip and PNG compute it (Python: `zlib.crc32`): it notices every change of up to 32 bits in
 * a row, and any other with a probability of 1 - 2^-32.
 *
 * @param before the checksum of the bytes that come before these
 * @returns an unsigned 32-bit number
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  return buf(bytes, before | 0) >>> 0;
}

/** The checksum of a text's UTF-8 bytes, as eight hexadecimal digits. */
export function textChecksum(text: string): string {
  return inDigits(crc32(new TextEncoder().encode(text)));
}

/** What stands in place of a checksum while it is computed. */
export const noChecksum = '00000000';

/** Writes the checksum of all bytes, computed with eight zeros at `at`, in place of these zeros. */
export function sealAt(bytes: Uint8Array, at: number): void {
  bytes.set(new TextEncoder().encode(noChecksum), at);
  bytes.set(new TextEncoder().encode(inDigits(crc32(bytes))), at);
}

/** Whether the eight digits at `at` are the checksum of the bytes, computed with eight zeros in their place. */
export function isSealedAt(bytes: Uint8Array, at: number): boolean {
  const end = at + noChecksum.length;
  const written = new TextDecoder('latin1').decode(bytes.subarray(at, end));
  if (!digits.test(written)) return false;
  const zeros = new TextEncoder().encode(noChecksum);
  return inDigits(crc32(bytes.subarray(end), crc32(zeros, crc32(bytes.subarray(0, at))))) === written;
}

function inDigits(checksum: number): string {
  return checksum.toString(16).padStart(noChecksum.length, '0');
}
