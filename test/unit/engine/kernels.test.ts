import assert from 'node:assert/strict';
import { referenceKernels } from '../../../src/engine/kernels/reference';
import { seededRandom } from './seededRandom';

const kernels = referenceKernels;
const random = seededRandom(3);
const matrix = (rows: number, columns: number) => Float64Array.from({ length: rows * columns }, () => random.normal());

/** Every mix of sizes around the edges of the tiles and blocks. */
const sizes = [1, 2, 3, 4, 5, 7, 8, 33].flatMap((rows) =>
  [1, 2, 3, 4, 5, 9].flatMap((outWidth) => [1, 2, 3, 4, 6].map((inWidth) => ({ rows, outWidth, inWidth }))),
);

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assert.ok(
      Math.abs(actual[i] - expected[i]) < 1e-12,
      `${what}, element ${i}: ${actual[i]}, expected ${expected[i]}`,
    );
  }
}

describe('reference kernels', () => {
  it('multiply adds x · Wᵀ and touches nothing outside', () => {
    for (const { rows, outWidth, inWidth } of sizes) {
      const x = matrix(rows + 1, inWidth);
      const w = matrix(outWidth, inWidth);
      const out = matrix(rows + 2, outWidth);
      const expected = out.slice();
      for (let m = 0; m < rows; m++)
        for (let n = 0; n < outWidth; n++)
          for (let k = 0; k < inWidth; k++)
            expected[(m + 1) * outWidth + n] += x[(m + 1) * inWidth + k] * w[n * inWidth + k];
      const packed = kernels.allocate(kernels.packedLength(outWidth, inWidth));
      kernels.pack(packed, w, outWidth, inWidth);
      kernels.multiply(out, outWidth, x, inWidth, packed, rows, outWidth, inWidth);
      assertClose(out, expected, `${rows}×${outWidth}×${inWidth}`);
    }
  });

  it('multiply with the packed transpose adds d · W', () => {
    for (const { rows, outWidth, inWidth } of sizes) {
      const d = matrix(rows, outWidth);
      const w = matrix(outWidth, inWidth);
      const expected = new Float64Array(rows * inWidth);
      for (let m = 0; m < rows; m++)
        for (let n = 0; n < outWidth; n++)
          for (let k = 0; k < inWidth; k++) expected[m * inWidth + k] += d[m * outWidth + n] * w[n * inWidth + k];
      const packed = kernels.allocate(kernels.packedLength(inWidth, outWidth));
      kernels.packTransposed(packed, w, outWidth, inWidth);
      const out = new Float64Array(rows * inWidth);
      kernels.multiply(out, 0, d, 0, packed, rows, inWidth, outWidth);
      assertClose(out, expected, `${rows}×${outWidth}×${inWidth}`);
    }
  });

  it('multiplyTransposed adds dᵀ · x', () => {
    for (const { rows, outWidth, inWidth } of sizes) {
      const d = matrix(rows + 1, outWidth);
      const x = matrix(rows + 1, inWidth);
      const gradient = matrix(outWidth, inWidth);
      const expected = gradient.slice();
      for (let m = 1; m <= rows; m++)
        for (let n = 0; n < outWidth; n++)
          for (let k = 0; k < inWidth; k++) expected[n * inWidth + k] += d[m * outWidth + n] * x[m * inWidth + k];
      kernels.multiplyTransposed(gradient, d, outWidth, x, inWidth, rows, outWidth, inWidth);
      assertClose(gradient, expected, `${rows}×${outWidth}×${inWidth}`);
    }
  });

  it('gives a row the same bits whatever rows stand beside it', () => {
    const [outWidth, inWidth, rows] = [6, 9, 35];
    const x = matrix(rows, inWidth);
    const packed = kernels.allocate(kernels.packedLength(outWidth, inWidth));
    kernels.pack(packed, matrix(outWidth, inWidth), outWidth, inWidth);
    const together = new Float64Array(rows * outWidth);
    kernels.multiply(together, 0, x, 0, packed, rows, outWidth, inWidth);
    const alone = new Float64Array(rows * outWidth);
    for (let m = 0; m < rows; m++) kernels.multiply(alone, m * outWidth, x, m * inWidth, packed, 1, outWidth, inWidth);
    assert.deepEqual(alone, together);
  });

  it('gathers and scatters rows, repeated ones too', () => {
    const table = Float64Array.of(1, 2, 3, 4, 5, 6);
    const out = new Float64Array(6).fill(10);
    kernels.gatherRows(out, 0, table, Int32Array.of(9, 2, 0, 2), 1, 3, 2);
    assert.deepEqual([...out], [15, 16, 11, 12, 15, 16]);
    const sums = new Float64Array(6);
    kernels.scatterRows(sums, Float64Array.of(1, 2, 3, 4, 5, 6), 0, Int32Array.of(2, 0, 2), 0, 3, 2);
    assert.deepEqual([...sums], [3, 4, 0, 0, 6, 8]);
  });

  it('fills rows, sums columns, adds a transpose', () => {
    const out = new Float64Array(5);
    kernels.fillRows(out, 1, Float64Array.of(7, 8), 2, 2);
    assert.deepEqual([...out], [0, 7, 8, 7, 8]);
    const sums = Float64Array.of(1, 1);
    kernels.addColumnSums(sums, out, 1, 2, 2);
    assert.deepEqual([...sums], [15, 17]);
    const target = new Float64Array(6).fill(1);
    kernels.addTransposed(target, Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3);
    assert.deepEqual([...target], [2, 5, 3, 6, 4, 7]);
  });

  it('clamps, counts what changed, and leaves NaN', () => {
    const x = Float64Array.of(-9, -1, 0.5, 1, 3, NaN, 9);
    assert.equal(kernels.clamp(x, 0, 6, 1), 2);
    assert.deepEqual([...x], [-1, -1, 0.5, 1, 1, NaN, 9]);
  });

  it('takes norms and distances of any magnitude', () => {
    const tiny = Float64Array.of(3e-200, 4e-200);
    const huge = Float64Array.of(3e200, 4e200);
    assert.ok(Math.abs(kernels.norm(tiny, 0, 2) / 5e-200 - 1) < 1e-15);
    assert.ok(Math.abs(kernels.norm(huge, 0, 2) / 5e200 - 1) < 1e-15);
    assert.equal(kernels.norm(Float64Array.of(9, 3, 4), 1, 2), 5);
    assert.equal(kernels.norm(new Float64Array(3), 0, 3), 0);
    assert.equal(kernels.norm(Float64Array.of(1, Infinity), 0, 2), Infinity);
    assert.ok(Number.isNaN(kernels.norm(Float64Array.of(1, NaN), 0, 2)));
    assert.ok(Number.isNaN(kernels.norm(Float64Array.of(NaN, 1e200), 0, 2)));
    assert.equal(kernels.distance(Float64Array.of(0, 4, 6), Float64Array.of(9, 1, 2), 1, 2), 5);
    assert.ok(Math.abs(kernels.distance(tiny, new Float64Array(2), 0, 2) / 5e-200 - 1) < 1e-15);
    assert.ok(Math.abs(kernels.distance(huge, new Float64Array(2), 0, 2) / 5e200 - 1) < 1e-15);
    assert.ok(Number.isNaN(kernels.distance(Float64Array.of(NaN), Float64Array.of(1), 0, 1)));
  });
});
