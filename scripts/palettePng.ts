import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** Most colors of a picture with a palette. */
const maxColors = 256;

/** A decoded picture: `pixels` has red, green and blue of each pixel, row by row (height × width × 3 bytes). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * A screenshot as a PNG file with a palette of at most 256 colors; each pixel has the nearest of them. It has less than
 * half of the bytes, and the package has a limit.
 *
 * @param png bytes of a PNG file with 8 bits per channel, without interlacing
 * @throws for any other PNG file
 */
export function withPalette(png: Uint8Array): Buffer {
  const { width, height, pixels } = readPicture(png);
  const colorAt = (pixel: number): number =>
    ((pixels[3 * pixel] ?? 0) << 16) | ((pixels[3 * pixel + 1] ?? 0) << 8) | (pixels[3 * pixel + 2] ?? 0);
  const counts = new Map<number, number>();
  for (let pixel = 0; pixel < width * height; pixel++) {
    const color = colorAt(pixel);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const palette = paletteOf([...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color));
  const indices = new Map(palette.map((color, index) => [color, index]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = colorAt(y * width + x);
      const index = indices.get(color) ?? nearest(color, palette);
      indices.set(color, index);
      rows[y * (width + 1) + 1 + x] = index;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', colors),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * Decodes a PNG file with 8 bits per channel, without interlacing: colors, colors with alpha (which is left out), or a
 * palette.
 *
 * @throws for any other PNG file
 */
export function readPicture(png: Uint8Array): Picture {
  const bytes = Buffer.from(png);
  const parts = new Map<string, Buffer[]>();
  for (let at = signature.length; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const kind = bytes.toString('latin1', at + 4, at + 8);
    parts.set(kind, [...(parts.get(kind) ?? []), bytes.subarray(at + 8, at + 8 + length)]);
    at += 12 + length;
  }
  const [header] = parts.get('IHDR') ?? [];
  const channels = header === undefined ? undefined : channelsOf[header[9] ?? -1];
  if (header?.[8] !== 8 || header[12] !== 0 || channels === undefined) {
    throw new Error('This is no PNG file with 8 bits per channel and without interlacing.');
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const values = unfiltered(inflateSync(Buffer.concat(parts.get('IDAT') ?? [])), width * channels, height, channels);
  const [palette] = parts.get('PLTE') ?? [];
  const pixels = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const value = values[pixel * channels] ?? 0;
    const [source, at] = channels === 1 && palette ? [palette, 3 * value] : [values, pixel * channels];
    pixels.set(source.subarray(at, at + 3), 3 * pixel);
  }
  return { width, height, pixels };
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Bytes of a pixel by the color type of the header: colors, a palette, colors with alpha. */
const channelsOf: Readonly<Partial<Record<number, number>>> = { 2: 3, 3: 1, 6: 4 };

/** Undoes the filters of the rows (PNG specification, 9.2): each row begins with the number of its filter. */
function unfiltered(filtered: Uint8Array, stride: number, height: number, channels: number): Uint8Array {
  const values = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= channels ? (values[at - channels] ?? 0) : 0;
      const up = y > 0 ? (values[at - stride] ?? 0) : 0;
      const corner = x >= channels && y > 0 ? (values[at - stride - channels] ?? 0) : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      values[at] = (filtered[y * (stride + 1) + 1 + x] ?? 0) + predicted;
    }
  }
  return values;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [byLeft, byUp, byCorner] = [left, up, corner].map((value) => Math.abs(estimate - value)) as [
    number,
    number,
    number,
  ];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

/**
 * The palette of a picture: the most frequent colors of those that are apart, at the least distance with which no more than
 * `maxColors` remain. No color of the picture is further from the palette, however rare: those of a heatmap's scale are.
 *
 * @param colors by their frequency, from the most frequent one on
 */
function paletteOf(colors: readonly number[]): readonly number[] {
  for (let apart = 0; ; apart++) {
    const palette: number[] = [];
    for (const color of colors) {
      if (palette.every((other) => squaredDistance(color, other) >= apart ** 2)) palette.push(color);
      if (palette.length > maxColors) break;
    }
    if (palette.length <= maxColors) return palette;
  }
}

function nearest(color: number, palette: readonly number[]): number {
  const distances = palette.map((other) => squaredDistance(color, other));
  return distances.indexOf(Math.min(...distances));
}

/** Of two colors 0xRRGGBB, summed over the channels. */
function squaredDistance(a: number, b: number): number {
  const [red, green, blue] = [(a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255)];
  return red ** 2 + green ** 2 + blue ** 2;
}

function chunk(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}
