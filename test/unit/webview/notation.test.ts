import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { cellNames } from '../../../src/experiment/schema/cellNames';
import { nodeNotation, notations } from '../../../webview/net/cells/registry';
import { stepSymbols } from '../../../webview/net/stepSymbols';

const written = (pieces: readonly { readonly text: string }[]): string => pieces.map(({ text }) => text).join('');
const step = stepSymbols({ activation: 'tanh', steps: 5 }, 0, 2);

describe('The notation of the recurrent cells', () => {
  it('exists for every cell of the experiment format and of the engine', () => {
    assert.deepEqual(Object.keys(notations), cellNames);
    assert.deepEqual(
      cells.map(({ name }) => name),
      cellNames,
    );
  });

  for (const { name, gates, state } of cells) {
    it(`has the rows of the weights and the states of the engine's cell, in its order (${name})`, () => {
      const { rows, states } = notations[name];
      assert.deepEqual(
        rows.map((row) => row.name),
        gates.map((gate) => gate.name),
      );
      assert.deepEqual(
        states.map((one) => one.name),
        state,
      );
    });

    it(`describes every node, and writes it and its δ with the step in the indices (${name})`, () => {
      const { rows, states, delta } = notations[name];
      for (const node of new Set([...rows, ...states])) {
        assert.match(node.meaning, /^The .*\.$/);
        assert.match(written(node.symbols(step)), /_\{2\}/);
        assert.equal(nodeNotation(name, node.name).name, node.name);
      }
      const lines = delta({ ...step, isRecurrent: true });
      assert.ok(lines.length >= rows.length);
      for (const line of lines) assert.match(line, /^[^=]+ = .+_\{2\}/);
    });
  }

  it('differs between cells, for the states and for δ', () => {
    const texts = cells.map(({ name }) => written(nodeNotation(name, 'h').symbols(step)));
    const deltas = cells.map(({ name }) => notations[name].delta({ ...step, isRecurrent: true }).join('\n'));
    assert.equal(new Set(texts).size, cells.length);
    assert.equal(new Set(deltas).size, cells.length);
  });

  it('refuses a node that the cell does not have', () => {
    assert.throws(() => nodeNotation('gru', 'f'), /The cell "gru" has no node "f"/);
  });
});
