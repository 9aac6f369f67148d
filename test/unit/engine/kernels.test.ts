import assert from 'node:assert/strict';
import type { Tensor } from '../../../src/engine/tensor';
import { indicesOf, tensorOf, testedKernels } from './kernelSets';
import { seededRandom } from './seededRandom';

/** All combinations of sizes around the edges of the tiles and blocks of both sets. */
const sizes = [1, 2, 3, 4, 5, 7, 8, 33].flatMap((rows) =>
  [1, 2, 3, 4, 5, 9, 17, 31, 33].flatMap((outWidth) =>
    [1, 2, 3, 4, 6, 21].map((inWidth) => ({ rows, outWidth, inWidth })),
  ),
);

/** Larger than every block: of rows, of the depth of a product, of the rows of a weight gradient. */
const large = [
  { rows: 101, outWidth: 9, inWidth: 1030 },
  { rows: 515, outWidth: 21, inWidth: 13 },
  { rows: 515, outWidth: 21, inWidth: 3 },
];

for (const { name, open, within } of testedKernels) {
  const kernels = open();
  const random = seededRandom(3);
  const matrix = (rows: number, columns: number): Tensor =>
    tensorOf(
      kernels,
      Float64Array.from({ length: rows * columns }, () => random.normal()),
    );
  const numbers = (...values: readonly number[]): Tensor => tensorOf(kernels, values);

  /** `terms` is the number of products in the sum. */
  const assertClose = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string, terms: number): void => {
    assert.equal(actual.length, expected.length);
    const bound = within(1e-12, 6e-6) * (1 + terms / 10);
    for (let i = 0; i < actual.length; i++) {
      assert.ok(Math.abs(actual[i] - expected[i]) < bound, `${what}, element ${i}: ${actual[i]}, not ${expected[i]}`);
    }
  };

  describe(`kernels: ${name}`, () => {
    it('multiply adds x · Wᵀ and writes nothing outside', () => {
      for (const { rows, outWidth, inWidth } of [...sizes, ...large]) {
        const x = matrix(rows + 1, inWidth);
        const w = matrix(outWidth, inWidth);
        const out = matrix(rows + 2, outWidth);
        const expected = Float64Array.from(out);
        for (let m = 0; m < rows; m++)
          for (let n = 0; n < outWidth; n++)
            for (let k = 0; k < inWidth; k++)
              expected[(m + 1) * outWidth + n] += x[(m + 1) * inWidth + k] * w[n * inWidth + k];
        const packed = kernels.allocate(kernels.packedLength(outWidth, inWidth));
        kernels.pack(packed, w, outWidth, inWidth);
        const [first, last] = [out.slice(0, outWidth), out.slice(-outWidth)];
        kernels.multiply(out, outWidth, x, inWidth, packed, rows, outWidth, inWidth);
        assertClose(out, expected, `${rows}×${outWidth}×${inWidth}`, inWidth);
        assert.deepEqual([out.slice(0, outWidth), out.slice(-outWidth)], [first, last]);
      }
    });

    it('affine is bias + x · Wᵀ and writes nothing outside', () => {
      for (const { rows, outWidth, inWidth } of [...sizes, ...large]) {
        const x = matrix(rows, inWidth);
        const w = matrix(outWidth, inWidth);
        const bias = matrix(1, outWidth);
        const out = matrix(rows + 1, outWidth);
        const expected = Float64Array.from(out);
        for (let m = 0; m < rows; m++)
          for (let n = 0; n < outWidth; n++) {
            expected[m * outWidth + n] = bias[n];
            for (let k = 0; k < inWidth; k++) expected[m * outWidth + n] += x[m * inWidth + k] * w[n * inWidth + k];
          }
        const packed = kernels.allocate(kernels.packedLength(outWidth, inWidth));
        kernels.pack(packed, w, outWidth, inWidth);
        kernels.affine(out, 0, x, 0, packed, bias, rows, outWidth, inWidth);
        assertClose(out, expected, `${rows}×${outWidth}×${inWidth}`, inWidth);
      }
    });

    it('multiply with the packed transpose adds d · W', () => {
      for (const { rows, outWidth, inWidth } of [...sizes, ...large]) {
        const d = matrix(rows, outWidth);
        const w = matrix(outWidth, inWidth);
        const expected = new Float64Array(rows * inWidth);
        for (let m = 0; m < rows; m++)
          for (let n = 0; n < outWidth; n++)
            for (let k = 0; k < inWidth; k++) expected[m * inWidth + k] += d[m * outWidth + n] * w[n * inWidth + k];
        const packed = kernels.allocate(kernels.packedLength(inWidth, outWidth));
        kernels.packTransposed(packed, w, outWidth, inWidth);
        const out = kernels.allocate(rows * inWidth);
        kernels.multiply(out, 0, d, 0, packed, rows, inWidth, outWidth);
        assertClose(out, expected, `${rows}×${outWidth}×${inWidth}`, outWidth);
      }
    });

    it('multiplyTransposed adds dᵀ · x and writes nothing outside', () => {
      for (const { rows, outWidth, inWidth } of [...sizes, ...large]) {
        const d = matrix(rows + 1, outWidth);
        const x = matrix(rows + 1, inWidth);
        const gradients = matrix(outWidth + 1, inWidth);
        const gradient = gradients.subarray(0, outWidth * inWidth);
        const expected = Float64Array.from(gradients);
        for (let m = 1; m <= rows; m++)
          for (let n = 0; n < outWidth; n++)
            for (let k = 0; k < inWidth; k++) expected[n * inWidth + k] += d[m * outWidth + n] * x[m * inWidth + k];
        kernels.multiplyTransposed(gradient, d, outWidth, x, inWidth, rows, outWidth, inWidth);
        assertClose(gradients, expected, `${rows}×${outWidth}×${inWidth}`, rows);
      }
    });

    it('gives a row the same bits, independent of the other rows', () => {
      const [outWidth, inWidth, rows] = [38, 9, 35];
      const x = matrix(rows, inWidth);
      const packed = kernels.allocate(kernels.packedLength(outWidth, inWidth));
      kernels.pack(packed, matrix(outWidth, inWidth), outWidth, inWidth);
      const together = kernels.allocate(rows * outWidth);
      kernels.multiply(together, 0, x, 0, packed, rows, outWidth, inWidth);
      const alone = kernels.allocate(rows * outWidth);
      for (let m = 0; m < rows; m++)
        kernels.multiply(alone, m * outWidth, x, m * inWidth, packed, 1, outWidth, inWidth);
      assert.deepEqual([...alone], [...together]);
    });

    it('gathers and scatters rows, also repeated ones', () => {
      const table = numbers(1, 2, 3, 4, 5, 6);
      const out = kernels.allocate(6).fill(10);
      kernels.gatherRows(out, 0, table, indicesOf(kernels, 9, 2, 0, 2), 1, 3, 2);
      assert.deepEqual([...out], [5, 6, 1, 2, 5, 6]);
      const sums = kernels.allocate(6);
      kernels.scatterRows(sums, numbers(1, 2, 3, 4, 5, 6), 0, indicesOf(kernels, 2, 0, 2), 0, 3, 2);
      assert.deepEqual([...sums], [3, 4, 0, 0, 6, 8]);
    });

    it('fills rows, adds, scales, sums columns, adds a transpose, of any width', () => {
      for (const width of [1, 2, 3, 4, 7, 16, 18, 37]) {
        const bias = matrix(1, width);
        const out = kernels.allocate(1 + 70 * width + 1);
        kernels.fillRows(out, 1, bias, 70, width);
        const expected = new Float64Array(out.length);
        for (let i = 0; i < 70 * width; i++) expected[1 + i] = bias[i % width];
        assertClose(out, expected, `rows of ${width}`, 0);

        const d = matrix(70, width);
        kernels.add(out, 1, d, 0, 70 * width);
        for (let i = 0; i < 70 * width; i++) expected[1 + i] += d[i];
        assertClose(out, expected, `sum of ${width}`, 1);
        kernels.scale(out, 1, 70 * width, 3);
        for (let i = 0; i < 70 * width; i++) expected[1 + i] *= 3;
        assertClose(out, expected, `scaled ${width}`, 3);

        const sums = kernels.allocate(width + 1).fill(1);
        kernels.addColumnSums(sums, out, 1, 70, width);
        const columns = new Float64Array(width + 1).fill(1);
        for (let i = 0; i < 70 * width; i++) columns[i % width] += expected[1 + i];
        assertClose(sums, columns, `columns of ${width}`, 2000);

        const target = matrix(width + 1, 70);
        const transposed = Float64Array.from(target);
        for (let k = 0; k < width; k++) for (let n = 0; n < 70; n++) transposed[k * 70 + n] += d[n * width + k];
        kernels.addTransposed(target, d, 70, width);
        assertClose(target, transposed, `transpose of ${width}`, 1);
      }
    });

    it('zeroes and copies, of any length, and writes nothing outside', () => {
      for (const length of [0, 1, 3, 4, 7, 8, 21]) {
        const x = kernels.allocate(length + 2).fill(5);
        kernels.zero(x, 1, length);
        assert.deepEqual([...x], [5, ...new Array<number>(length).fill(0), 5]);
        const from = matrix(1, length + 3);
        kernels.copy(x, 1, from, 2, length);
        assert.deepEqual([...x], [5, ...from.subarray(2, 2 + length), 5]);
      }
    });

    it('adds and measures in one call with the same bits as in two', () => {
      for (const length of [1, 5, 8, 16, 37]) {
        const [out, expected] = [matrix(1, length + 1), kernels.allocate(length + 1)];
        expected.set(out);
        const x = matrix(1, length + 3);
        const norms = kernels.allocateDoubles(5);
        kernels.add(expected, 0, x, 2, length);
        kernels.addMeasured(out, x, 2, length, norms, 2);
        assert.deepEqual([...out], [...expected]);
        assert.deepEqual([...norms], [0, 0, kernels.norm(out, 0, length), kernels.norm(x, 2, length), 0]);
      }
    });

    it('clamps, counts changed elements, and leaves NaN', () => {
      const x = numbers(-9, -1, 0.5, 1, 3, NaN, NaN, 0, 9, 5, 9);
      assert.equal(kernels.clamp(x, 0, 10, 1), 4);
      assert.deepEqual([...x], [-1, -1, 0.5, 1, 1, NaN, NaN, 0, 1, 1, 9]);
    });

    it('computes norms and distances of any magnitude', () => {
      const [small, great] = [within(1e-200, 1e-38), within(1e200, 1e37)];
      const [tiny, huge] = [numbers(3 * small, 4 * small), numbers(3 * great, 4 * great)];
      const bound = within(1e-15, 1e-6);
      assert.ok(Math.abs(kernels.norm(tiny, 0, 2) / (5 * small) - 1) < bound);
      assert.ok(Math.abs(kernels.norm(huge, 0, 2) / (5 * great) - 1) < bound);
      assert.equal(kernels.norm(numbers(9, 3, 4), 1, 2), 5);
      assert.equal(kernels.norm(numbers(9, 2, 2, 2, 2, 2, 2, 2, 2, 2, 9), 1, 9), 6);
      assert.equal(kernels.norm(kernels.allocate(3), 0, 3), 0);
      assert.equal(kernels.norm(numbers(1, Infinity), 0, 2), Infinity);
      assert.ok(Number.isNaN(kernels.norm(numbers(1, NaN), 0, 2)));
      assert.ok(Number.isNaN(kernels.norm(numbers(NaN, great), 0, 2)));
      assert.equal(kernels.distance(numbers(0, 4, 6), numbers(9, 1, 2), 1, 2), 5);
      assert.equal(kernels.distance(numbers(0, 3, 3, 6, 4, 4), numbers(0, 1, 1, 1, 0, 0), 1, 5), Math.sqrt(65));
      assert.ok(Math.abs(kernels.distance(tiny, kernels.allocate(2), 0, 2) / (5 * small) - 1) < bound);
      assert.ok(Math.abs(kernels.distance(huge, kernels.allocate(2), 0, 2) / (5 * great) - 1) < bound);
      assert.ok(Number.isNaN(kernels.distance(numbers(NaN), numbers(1), 0, 1)));
      assert.equal(kernels.distance(huge, huge, 0, 2), 0);
    });

    it('computes norms of many numbers of every magnitude', () => {
      const length = 1037;
      const [first, last] = [within(-300, -37), within(300, 36)];
      for (let exponent = first; exponent <= last; exponent += within(20, 1)) {
        const values = Array.from({ length }, (_, i) => (i % 3 === 0 ? 3 : -2) * 10 ** exponent);
        const x = numbers(7, ...values, 1e30);
        const expected = Math.sqrt(346 * 9 + 691 * 4) * 10 ** exponent;
        const found = kernels.norm(x, 1, length);
        assert.ok(Math.abs(found / expected - 1) < within(1e-12, 1e-6), `${found} at 1e${exponent}`);
        const difference = kernels.distance(x, kernels.allocate(length + 2), 1, length);
        assert.ok(Math.abs(difference / expected - 1) < within(1e-12, 1e-6), `${difference} at 1e${exponent}`);
      }
    });
  });
}
