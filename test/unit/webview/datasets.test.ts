import assert from 'node:assert/strict';
import { Datasets, type Curve } from '../../../webview/plot/charts/datasets';

const points = [0, 1, 2, 3].map((x) => ({ x, y: x * x }));
const line: Curve = { label: 'training', points, color: 'blue' };
const dotted: Curve = { label: 'validation', points, color: 'orange', dots: true };
const band: Curve = { label: 'spread', points, color: 'transparent', fillToPrevious: 'lightblue' };

describe('The datasets of a chart', () => {
  it('stay the same while their curves grow', () => {
    const datasets = new Datasets();
    const before = datasets.of([line, dotted], [0, 3]);
    const after = datasets.of([{ ...line, points: [...points, { x: 4, y: 16 }] }, dotted], [0, 4]);
    assert.deepEqual(
      after.map((dataset) => before.indexOf(dataset)),
      [0, 1],
    );
    assert.equal(after[0]?.data.length, 5);
  });

  it('follow their curves when others are inserted before them', () => {
    const datasets = new Datasets();
    const [blue, orange] = datasets.of([line, dotted], [0, 3]);
    const [first, second, third] = datasets.of([band, line, dotted], [0, 3]);
    assert.equal(second, blue);
    assert.equal(third, orange);
    assert.ok(first !== blue && first !== orange);
    assert.deepEqual([first.backgroundColor, first.pointRadius, third?.pointRadius], ['lightblue', 0, 2]);
  });

  it('show a curve that has only one point yet as a dot', () => {
    const datasets = new Datasets();
    const [first] = datasets.of([{ ...line, points: points.slice(0, 1) }], [0, 3]);
    assert.equal(first?.pointRadius, 2);
    const [grown] = datasets.of([line], [0, 3]);
    assert.equal(grown?.pointRadius, 0);
  });

  it('are recreated when a theme gives the curve another colour', () => {
    const datasets = new Datasets();
    const [before] = datasets.of([dotted], [0, 3]);
    const [after] = datasets.of([{ ...dotted, color: 'black' }], [0, 3]);
    assert.notEqual(after, before);
    assert.equal(after?.backgroundColor, 'black');
  });
});
