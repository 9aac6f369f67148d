import assert from 'node:assert/strict';
import { formatParameterName, formatTensorName } from '../../../src/text/tensorNames';

describe('The names of tensors', () => {
  it('are the course’s, followed by those of storage', () => {
    assert.equal(formatParameterName('rnn.weight_hh_l1'), 'W_hh, layer 1 — rnn.weight_hh_l1');
    assert.equal(formatParameterName('head.bias'), 'b_y — head.bias');
    assert.equal(formatTensorName('dh_l0', true), '∂L/∂h_t (dh_l0)');
    assert.equal(formatTensorName('dhLocal_l1', true), 'the local part of ∂L/∂h_t (dhLocal_l1)');
    assert.equal(formatTensorName('grad/rnn.weight_ih_l0', true), '∂L/∂W_xh (grad/rnn.weight_ih_l0)');
    assert.equal(formatTensorName('next/head.weight', true), 'W_hy after the step (next/head.weight)');
    assert.equal(formatTensorName('loss', true), 'the loss L (loss)');
    assert.equal(formatTensorName('gates_l0', true), 'the gates (gates_l0)');
    assert.equal(formatTensorName('gates_l0', false), 'the activation (gates_l0)');
    assert.equal(formatTensorName('dgates_l1', false), '∂L/∂ of the pre-activation (dgates_l1)');
  });

  it('are unchanged if the course has none', () => {
    assert.equal(formatParameterName('toString'), 'toString');
    assert.equal(formatTensorName('unheard/of', true), 'unheard/of');
    assert.equal(formatTensorName('constructor_l0', true), 'constructor_l0');
  });
});
