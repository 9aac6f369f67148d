import assert from 'node:assert/strict';
import { inputGradientNorms } from '../../../webview/notebook/backward/inputGradient';
import {
  formatTextColour,
  readableOn,
  textColour,
  textColours,
  textColourTable,
} from '../../../webview/notebook/output/textColour';
import { symbolAt } from '../../../src/text/symbols';
import { inspected } from './inspectedUpdate';

const reber = { data: { task: 'reber' }, model: { cell: 'lstm', hidden: 3 }, training: { steps: 3, batch: 2 } };

describe('A text coloured by a unit', () => {
  const inspection = inspected(reber);
  const view = { textColour: 'c', textUnit: 2 };

  it('offers the states, the gates by their letters, and the gradient of the inputs', () => {
    assert.deepEqual(
      textColours(inspection, 0).map(({ value }) => value),
      ['h', 'c', 'i', 'f', 'g', 'o', 'dx'],
    );
    const plain = inspected({ ...reber, model: { cell: 'rnn', hidden: 3 } });
    assert.deepEqual(
      textColours(plain, 0).map(({ value }) => value),
      ['h', 'dx'],
    );
    assert.equal(textColour(plain, 0, view).of, 'h', 'a vanilla RNN has no c_t');
  });

  it('has the numbers of that unit, on a scale that is symmetric about 0', () => {
    const [layer] = inspection.layers;
    assert.ok(layer !== undefined);
    const colour = textColour(inspection, 0, view);
    assert.deepEqual([colour.symbol, colour.units], ['c_t[2]', 3]);
    for (let t = 0; t < inspection.steps; t++) assert.equal(colour.values[t], layer.c[3 * t + 2]);
    assert.equal(colour.limit, Math.max(...layer.c.map(Math.abs)));
    const gate = textColour(inspection, 0, { textColour: 'f', textUnit: 99 });
    // A gate is closed at 0 and open at 1; the candidate is a tanh.
    assert.deepEqual([gate.symbol, gate.middle, gate.limit], ['f_t[2]', 0.5, 0.5]);
    const candidate = textColour(inspection, 0, { textColour: 'g', textUnit: 0 });
    assert.deepEqual([candidate.middle, candidate.limit], [0, 1]);
    assert.equal(gate.values[1], layer.gates[1]?.values[5]);
    const norms = textColour(inspection, 0, { textColour: 'dx', textUnit: 1 });
    assert.deepEqual([norms.units, norms.values], [0, inputGradientNorms(inspection)]);
  });

  it('says the number at a symbol, and the extremes, and has them as a table', () => {
    const colour = textColour(inspection, 0, view);
    assert.equal(symbolAt(inspection, 0), 'B');
    assert.match(formatTextColour(inspection, colour, 0), /^t = 0 · “B” · c_0\[2\] = /);
    assert.match(formatTextColour(inspection, colour, undefined), /^c_t\[2\] is largest at “[BTPSXVE]” at t = \d+ \(/);
    const { columns, rows } = textColourTable(inspection, colour);
    assert.deepEqual(columns, ['t', 'symbol', 'c_t[2]']);
    assert.equal(rows.length, inspection.end);
    assert.deepEqual(rows[0], [0, 'B', colour.values[0]]);
  });

  it('is written in black or white, with a contrast of at least 4.5 to 1', () => {
    const channel = (value: number): number => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    for (let shade = 0; shade < 256; shade += 5) {
      for (const [r, g, b] of [
        [shade, shade, shade],
        [shade, 0, 255],
        [255, shade, 0],
      ] as const) {
        const luminance = 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
        const text = readableOn(`rgb(${r}, ${g}, ${b})`) === '#ffffff' ? 1 : 0;
        const [high, low] = [Math.max(luminance, text), Math.min(luminance, text)];
        assert.ok((high + 0.05) / (low + 0.05) >= 4.5, `${r}, ${g}, ${b}`);
      }
    }
  });
});
