import assert from 'node:assert/strict';
import { Observations } from '../../../src/diagnosis/observations';
import { gateStuck, saturated } from '../../../src/diagnosis/rules/gates';
import type { RuleResult } from '../../../src/diagnosis/rule';
import type { CellName } from '../../../src/experiment/schema/cellNames';
import { gatesOf, isGated } from '../../../src/run/cellGates';
import type { StepSeries } from '../../../src/run/records/recordBatch';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { exampleTraining } from '../trainer/exampleTraining';

/**
 * The result of a rule for a net with that cell in which these shares of the values of one of its gates or candidates,
 * by default all at the lower end, are at the ends of their range.
 */
function resultOf(
  rule: typeof gateStuck,
  cell: CellName,
  name: string,
  shares: { readonly low: number; readonly high: number } = { low: 1, high: 0 },
  activation?: string,
): RuleResult | undefined {
  const model = { cell, hidden: 3, ...(activation === undefined ? {} : { activation }) };
  const { setup } = exampleTraining({ model });
  const observations = new Observations(setup.experiment, runInfoOf(setup, undefined, undefined, 1));
  const saturation = gatesOf(cell).map((gate) => ({
    name: gate.name,
    ...(gate.name === name ? shares : { low: 0, high: 0 }),
  }));
  const nothing = new Float64Array(1);
  const series: StepSeries = {
    steps: 1,
    lossPerStep: nothing,
    layers: [{ dh: nothing, dhLocal: nothing, saturation }],
  };
  observations.profiles.push(series);
  // Late enough for units that a learning rate has saturated.
  observations.updates = 200;
  return rule.check(observations);
}

describe('The rules about gates', () => {
  it('use the role that the cell declares: a forget gate has a forget bias, whatever its letter', () => {
    assert.deepEqual(resultOf(gateStuck, 'lstm', 'f')?.keyPath, ['model', 'forgetBias']);
    assert.deepEqual(resultOf(gateStuck, 'lstm', 'o')?.keyPath, ['model', 'init']);
    assert.deepEqual(resultOf(gateStuck, 'gru', 'z')?.keyPath, ['model', 'init']);
    // The MGU's f replaces the state at 1, so that it has no forget bias.
    assert.deepEqual(resultOf(gateStuck, 'mgu', 'f')?.keyPath, ['model', 'init']);
  });

  it('count as saturated only where the slope is near 0', () => {
    const of = (activation: string, low: number, high: number) =>
      resultOf(saturated, 'rnn', 'h', { low, high }, activation)?.message;
    // A relu has slope 1 above 0, however large its value is.
    assert.equal(of('relu', 0.5, 0.48), undefined);
    assert.match(of('relu', 0.97, 0.03) ?? '', /97 % of the values of h are 0/);
    assert.equal(of('identity', 0, 1), undefined);
    assert.match(of('tanh', 0, 0.6) ?? '', /60 % of the values of h are saturated/);
  });

  it('distinguish candidates and gates', () => {
    for (const [cell, candidate] of [
      ['rnn', 'h'],
      ['lstm', 'g'],
      ['gru', 'n'],
      ['mgu', 'n'],
    ] as const) {
      assert.match(
        resultOf(saturated, cell, candidate)?.message ?? '',
        new RegExp(`100 % of the values of ${candidate} `),
      );
      assert.equal(resultOf(gateStuck, cell, candidate), undefined);
      assert.equal(isGated(cell), cell !== 'rnn');
    }
    assert.equal(resultOf(saturated, 'mgu', 'f'), undefined);
  });
});
