/** A series of complex numbers. */
export interface ComplexSeries {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * The discrete Fourier transform X_k = Σ_n x_n·e^(−2πi·kn/N) in place, by the algorithm of Cooley & Tukey 1965.
 *
 * @param series of a length N that is a power of two
 */
export function fourierTransform(series: ComplexSeries): void {
  const { real, imaginary } = series;
  const length = real.length;
  reverseBits(series);
  for (let size = 2; size <= length; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / size;
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      for (let even = k; even < length; even += size) {
        const odd = even + half;
        const [x, y] = [real[odd] ?? 0, imaginary[odd] ?? 0];
        const [turnedX, turnedY] = [x * cosine - y * sine, x * sine + y * cosine];
        const [evenX, evenY] = [real[even] ?? 0, imaginary[even] ?? 0];
        real[odd] = evenX - turnedX;
        imaginary[odd] = evenY - turnedY;
        real[even] = evenX + turnedX;
        imaginary[even] = evenY + turnedY;
      }
    }
  }
}

/** Moves each number to the index whose bits are those of its own in reverse order. */
function reverseBits({ real, imaginary }: ComplexSeries): void {
  const length = real.length;
  for (let index = 1, reversed = 0; index < length; index++) {
    let bit = length >> 1;
    for (; (reversed & bit) !== 0; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (index >= reversed) continue;
    for (const part of [real, imaginary]) {
      const moved = part[index] ?? 0;
      part[index] = part[reversed] ?? 0;
      part[reversed] = moved;
    }
  }
}
