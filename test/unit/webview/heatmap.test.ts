import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decadesOf, lowestDecade, MagnitudeScale, packed, unionOf } from '../../../webview/plot/heatmap/magnitudeScale';
import { hasNonFinite, rasterize, type Grid } from '../../../webview/plot/heatmap/raster';
import type { Theme } from '../../../webview/theme/theme';

const dark: Theme = {
  kind: 'dark',
  background: '#1f1f1f',
  foreground: '#cccccc',
  faint: '#999999',
  grid: '#333333',
  border: '#444444',
  focus: '#0078d4',
  train: '#3794ff',
  validation: '#d18616',
  clip: '#f14c4c',
  clipped: '#b180d7',
  baseline: '#89d185',
  runs: [],
  error: '#f48771',
  fontFamily: 'sans-serif',
  fontSize: 13,
};
const light: Theme = { ...dark, kind: 'light', background: '#ffffff', foreground: '#3b3b3b' };

/** Relative luminance of a packed colour (WCAG 2). */
function luminance(colour: number): number {
  const linear = [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function grid(columns: readonly (readonly number[])[], stride = 1): Grid {
  const rows = columns[0]?.length ?? 0;
  return { values: Float64Array.from(columns.flat()), columns: columns.length, width: rows, offset: 0, rows, stride };
}

function paint(
  source: Grid,
  width: number,
  height: number,
  from = 0,
  to = source.columns * source.stride,
): Uint32Array {
  const pixels = new Uint32Array(width * height);
  rasterize(source, { from, to, width, height }, new MagnitudeScale({ from: -4, to: 0 }, dark), pixels);
  return pixels;
}

describe('The magnitude scale', () => {
  for (const theme of [dark, light]) {
    it(`starts at the background colour and changes evenly in one direction (${theme.kind})`, () => {
      const scale = new MagnitudeScale({ from: -6, to: 0 }, theme);
      assert.equal(scale.shade(1e-9), packed(theme.background));
      const lights = Array.from({ length: 49 }, (_, i) => luminance(scale.shade(10 ** (-6 + i / 8))));
      const direction = theme.kind === 'dark' ? 1 : -1;
      for (let i = 1; i < lights.length; i++) assert.ok((lights[i] - lights[i - 1]) * direction >= -1e-6, `step ${i}`);
    });

    it(`distinguishes exact zeros from values below the scale (${theme.kind})`, () => {
      const scale = new MagnitudeScale({ from: -6, to: 0 }, theme);
      assert.notEqual(packed(scale.zero), scale.shade(1e-12));
      assert.equal(scale.kindOf(0), 'zero');
      assert.equal(scale.kindOf(1e-12), 'below');
    });
  }

  it('covers the data in whole decades, and only grows', () => {
    assert.deepEqual(decadesOf(Float64Array.of(3e-5, 0, NaN, 0.02, Infinity)), { from: -5, to: -1 });
    assert.equal(decadesOf(Float64Array.of(0, NaN)), undefined);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-30, max: 1e10, noNaN: true }), { minLength: 1 }), (values) => {
        const decades = decadesOf(Float64Array.from(values), -9);
        assert.ok(decades !== undefined);
        assert.ok(decades.to >= Math.log10(Math.max(...values)) - 1e-9);
        assert.ok(decades.from >= -9 && decades.to > decades.from);
      }),
    );
    assert.deepEqual(unionOf({ from: -5, to: 0 }, { from: -2, to: 1 }), { from: -5, to: 1 });
  });

  it('keeps the start of a run that explodes, and drops values twelve decades below it', () => {
    const exploding = Float64Array.of(NaN, 0, 1, 0.2, 1e100, 1e99);
    assert.deepEqual(decadesOf(exploding, lowestDecade(exploding, 2)), { from: -1, to: 100 });
    const vanishing = Float64Array.of(1, 0.2, 1e-30, 1e-40);
    assert.deepEqual(decadesOf(vanishing, lowestDecade(vanishing, 2)), { from: -12, to: 0 });
    assert.equal(lowestDecade(Float64Array.of(NaN, 0), 2), -Infinity);
  });
});

describe('The heatmap', () => {
  const scale = new MagnitudeScale({ from: -4, to: 0 }, dark);

  it('has the last step on top', () => {
    const pixels = paint(grid([[1e-3, 1e-1]]), 1, 2);
    assert.deepEqual([...pixels], [scale.shade(1e-1), scale.shade(1e-3)]);
  });

  it('shows the largest of all values under a pixel', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        (columns, rows, width, spot) => {
          const values = Array.from({ length: columns }, () => Array.from({ length: rows }, () => 1e-3));
          values[spot % columns][spot % rows] = 0.9;
          assert.ok(paint(grid(values), width, 4).includes(scale.shade(0.9)), 'the spike was lost');
        },
      ),
    );
  });

  it('leaves pixels without a record transparent, and hatches values that are not finite', () => {
    const pixels = paint(grid([[NaN], [Infinity], [0]]), 30, 8);
    const at = (x: number, y: number): number => pixels[y * 30 + x];
    assert.equal(at(5, 3), 0);
    const hatched = new Set(Array.from({ length: 8 }, (_, y) => at(15, y)));
    assert.deepEqual(hatched, new Set([0, packed(scale.notFinite)]));
    assert.equal(at(25, 3), packed(scale.zero));
  });

  it('shows exactly the visible updates', () => {
    const source = grid([[1e-4], [1e-3], [1e-2], [1e-1]], 10);
    assert.deepEqual([...paint(source, 2, 1, 10, 30)], [scale.shade(1e-3), scale.shade(1e-2)]);
  });
});

describe('A grid', () => {
  const columns: Grid = {
    values: Float64Array.of(1, NaN, 2, Infinity, 0, 3),
    columns: 3,
    width: 2,
    offset: 0,
    rows: 1,
    stride: 1,
  };

  it('has a non-finite number only in its own rows, where NaN is a missing one', () => {
    assert.equal(hasNonFinite(columns), false);
    assert.equal(hasNonFinite({ ...columns, offset: 1 }), true);
    assert.equal(hasNonFinite({ ...columns, offset: 1, columns: 1 }), false);
  });
});
