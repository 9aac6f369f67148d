import { activate, slope } from './activation';
import type { Cell } from './cell';

/**
 * The vanilla (Elman) RNN: h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h), b_h = b_ih + b_hh, φ as chosen. Definition:
 * torch.nn.RNN, with sigmoid and identity besides tanh and relu.
 */
export const rnn: Cell = {
  name: 'rnn',
  gates: [{ name: 'h', role: 'candidate', nonlinearity: 'activation' }],
  state: ['h'],
  cache: [],
  gradient: 'shared',

  forward({ batch, hidden, activation, gates, gatesAt, gh, states, nextAt }) {
    const h = states[0];
    const length = batch * hidden;
    for (let i = 0; i < length; i++) {
      const value = activate(activation, gates[gatesAt + i] + gh[i]);
      gates[gatesAt + i] = value;
      h[nextAt + i] = value;
    }
  },

  backward({ batch, hidden, activation, gates, gatesAt, dstate, dgx, dgxAt }) {
    const dh = dstate[0];
    const length = batch * hidden;
    for (let i = 0; i < length; i++) {
      dgx[dgxAt + i] = dh[i] * slope(activation, gates[gatesAt + i]);
      dh[i] = 0;
    }
  },
};
