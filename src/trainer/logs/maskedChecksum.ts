import { buf } from 'crc-32/crc32c';

/**
 * The checksum of TFRecord files: CRC-32C (Castagnoli), rotated and offset so that the checksum of bytes that hold one is
 * sound as well.
 *
 * @returns an unsigned 32-bit number
 */
export function maskedChecksum(bytes: Uint8Array): number {
  const checksum = buf(bytes) >>> 0;
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
