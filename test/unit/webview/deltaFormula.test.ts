import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { tensorOf, type Capture } from '../../../src/engine/instruments/capture';
import type { Inspection } from '../../../src/protocol/inspection';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import { notations } from '../../../webview/net/cells/registry';
import { engineValue, layerAt, parameterNamed, previousState, rowSum } from '../../../webview/net/nodeValues';
import { deltaFormula } from '../../../webview/net/termFormula';
import { exampleTraining } from '../trainer/exampleTraining';

const sequence = 1;

/** The value of a symbol of one unit, such as `f_{2}` or `∂L/∂h_{2}`. */
type Values = (symbol: string) => number;

const tokens =
  /W_\{h\w\} h_\{[^}]*\} \+ b_\{h\w\}|∂L\/∂\w_\{[^}]*\}|tanh²\w_\{\d+\}|tanh \w_\{\d+\}|\w_\{[^}]*\}|\^\{2\}|[()+−∘]|\d+/gu;

/** The value of a formula of sums, products and squares, with `valueOf` for its symbols. */
function evaluated(formula: string, valueOf: Values): number {
  const rest = [...formula.matchAll(tokens)].map(([token]) => token);
  assert.equal(rest.join('').replaceAll(' ', ''), formula.replaceAll(' ', ''), 'every sign is understood');
  const factor = (): number => {
    const token = rest.shift() ?? '';
    const value = token === '(' ? sum() : /^\d+$/.test(token) ? Number(token) : valueOf(token);
    if (token === '(') assert.equal(rest.shift(), ')');
    if (rest[0] !== '^{2}') return value;
    rest.shift();
    return value ** 2;
  };
  const product = (): number => {
    let value = factor();
    while (rest[0] === '∘') {
      rest.shift();
      value *= factor();
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (rest[0] === '+' || rest[0] === '−') value += (rest.shift() === '+' ? 1 : -1) * product();
    return value;
  };
  return sum();
}

/** One update of a net of one layer, and its capture. */
function captured(cell: string): { readonly inspection: Inspection; readonly capture: Capture } {
  const training = exampleTraining({ model: { cell, hidden: 3 }, data: { task: 'sine', length: 5 } });
  const advance = training.advance(() => true);
  assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
  return { inspection: inspectionOf(advance.capture, training.setup, sequence), capture: advance.capture };
}

describe('The formulas of δ', () => {
  for (const { name: cell } of cells) {
    for (const [parameter, recurrent] of [
      ['rnn.weight_ih_l0', false],
      ['rnn.weight_hh_l0', true],
    ] as const) {
      it(`give the engine's gradient, for every unit of every step (${cell}, ${parameter})`, () => {
        const { inspection, capture } = captured(cell);
        const layer = layerAt(inspection, 0);
        const { hidden } = layer;
        const rows = notations[inspection.cell].rows.map(({ name }) => name);
        const separate = capture.tensors.has('dgh_l0');
        const deltas = tensorOf(capture, recurrent && separate ? 'dgh_l0' : 'dgates_l0').data;
        let checked = 0;
        for (let unit = 0; unit < hidden; unit++) {
          const later = new Map<string, number>();
          for (let t = inspection.steps - 1; t >= 0; t--) {
            const valueOf: Values = (symbol) => {
              const [, letter = '', index = ''] = /(\w)_\{([^}]*)\}/u.exec(symbol) ?? [];
              const step = Number(index.replace('−', '-'));
              if (symbol.startsWith('W_')) {
                const row = rows.indexOf('n') * hidden + unit;
                const bias = parameterNamed(inspection, 'rnn.bias_hh_l0').before[row] ?? NaN;
                const weight = parameterNamed(inspection, 'rnn.weight_hh_l0');
                return rowSum(weight, row, previousState(layer, t, 'h')).total + bias;
              }
              if (symbol.startsWith('∂L/∂h')) return layer.dh[step * hidden + unit] ?? NaN;
              if (symbol.startsWith('∂L/∂')) return later.get(symbol) ?? NaN;
              const state = letter === 'h' || letter === 'c' ? letter : undefined;
              const value =
                state !== undefined && step === t - 1
                  ? (previousState(layer, t, state)[unit] ?? NaN)
                  : engineValue(inspection, { node: letter, layer: 0, t: step }, unit);
              if (symbol.startsWith('tanh²')) return Math.tanh(value) ** 2;
              return symbol.startsWith('tanh ') ? Math.tanh(value) : value;
            };
            for (const line of deltaFormula(inspection, parameter, t)) {
              const [left = '', right = ''] = line.split(' = ');
              const value = evaluated(right, valueOf);
              later.set(left, value);
              if (!left.startsWith('δ')) continue;
              const row = rows.length === 1 ? 0 : rows.indexOf(/\^\{(\w)\}/.exec(left)?.[1] ?? '');
              assert.ok(row >= 0, left);
              const at = ((t * inspection.batch + sequence) * rows.length + row) * hidden + unit;
              assert.ok(
                Math.abs(value - (deltas[at] ?? NaN)) < 1e-14,
                `${line}: ${value}, the engine has ${deltas[at]}`,
              );
              checked++;
            }
          }
        }
        assert.equal(checked, inspection.steps * hidden * rows.length);
      });
    }
  }
});
