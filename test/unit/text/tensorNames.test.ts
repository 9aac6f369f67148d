import assert from 'node:assert/strict';
import { courseName, tensorInWords } from '../../../src/text/tensorNames';

describe('The names of tensors', () => {
  it('are the course’s beside those of storage', () => {
    assert.equal(courseName('rnn.weight_hh_l1'), 'W_hh, layer 1 — rnn.weight_hh_l1');
    assert.equal(courseName('head.bias'), 'b_y — head.bias');
    assert.equal(tensorInWords('dh_l0', 'lstm'), '∂L/∂h_t (dh_l0)');
    assert.equal(tensorInWords('dhLocal_l1', 'gru'), 'the local part of ∂L/∂h_t (dhLocal_l1)');
    assert.equal(tensorInWords('grad/rnn.weight_ih_l0', 'lstm'), '∂L/∂W_xh (grad/rnn.weight_ih_l0)');
    assert.equal(tensorInWords('next/head.weight', 'lstm'), 'W_hy after the step (next/head.weight)');
    assert.equal(tensorInWords('loss', 'lstm'), 'the loss L (loss)');
    assert.equal(tensorInWords('gates_l0', 'gru'), 'the gates (gates_l0)');
    assert.equal(tensorInWords('gates_l0', 'rnn'), 'the activation (gates_l0)');
    assert.equal(tensorInWords('dgates_l1', 'rnn'), '∂L/∂ of the pre-activation (dgates_l1)');
  });

  it('are left as they are where the course has none', () => {
    assert.equal(courseName('toString'), 'toString');
    assert.equal(tensorInWords('unheard/of', 'lstm'), 'unheard/of');
    assert.equal(tensorInWords('constructor_l0', 'lstm'), 'constructor_l0');
  });
});
