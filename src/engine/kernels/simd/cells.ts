import type { CellKernel } from '../../cells/cell';
import type { Activation, CellName } from '../../spec';
import type { Instructions, ResetAfterBackward, ResetAfterForward } from './instructions';

/** The numbers of φ in ../assembly/rnn. */
const activations: Readonly<Record<Activation, number>> = { tanh: 0, relu: 1, sigmoid: 2, identity: 3 };

/** The cells whose step is one kernel, by name; any other cell's own step runs over the same memory. */
export function fusedCells(wasm: Instructions): ReadonlyMap<CellName, CellKernel> {
  const rnn: CellKernel = {
    forward: ({ batch, hidden, activation, gates, gatesAt, gh, states: [h], nextAt }) => {
      const [from, to] = [gates.byteOffset + 4 * gatesAt, h.byteOffset + 4 * nextAt];
      wasm.rnnForward(from, gh.byteOffset, to, batch * hidden, activations[activation]);
    },
    backward: ({ batch, hidden, activation, gates, gatesAt, dstate: [dh], dgx, dgxAt }) => {
      const [from, to] = [gates.byteOffset + 4 * gatesAt, dgx.byteOffset + 4 * dgxAt];
      wasm.rnnBackward(from, dh.byteOffset, to, batch * hidden, activations[activation]);
    },
  };

  const lstm: CellKernel = {
    forward: ({ batch, hidden, gates, gatesAt, gh, states: [h, c], previousAt, nextAt, caches: [tanhC], cacheAt }) => {
      wasm.lstmForward(
        gates.byteOffset + 4 * gatesAt,
        gh.byteOffset,
        c.byteOffset + 4 * previousAt,
        c.byteOffset + 4 * nextAt,
        tanhC.byteOffset + 4 * cacheAt,
        h.byteOffset + 4 * nextAt,
        batch,
        hidden,
      );
    },
    backward: ({ batch, hidden, gates, gatesAt, states, previousAt, caches, cacheAt, dstate, total, dgx, dgxAt }) => {
      wasm.lstmBackward(
        gates.byteOffset + 4 * gatesAt,
        states[1].byteOffset + 4 * previousAt,
        caches[0].byteOffset + 4 * cacheAt,
        dstate[0].byteOffset,
        dstate[1].byteOffset,
        total[0].byteOffset,
        dgx.byteOffset + 4 * dgxAt,
        batch,
        hidden,
      );
    },
  };

  return new Map<CellName, CellKernel>([
    ['rnn', rnn],
    ['lstm', lstm],
    ['gru', resetAfterKernel(wasm.gruForward, wasm.gruBackward)],
    ['mgu', resetAfterKernel(wasm.mguForward, wasm.mguBackward)],
  ]);
}

/** A cell with the state h that caches gh_n for the backward step, as the GRU and the minimal gated unit do. */
function resetAfterKernel(runForward: ResetAfterForward, runBackward: ResetAfterBackward): CellKernel {
  return {
    forward: ({ batch, hidden, gates, gatesAt, gh, states: [h], previousAt, nextAt, caches: [ghN], cacheAt }) => {
      runForward(
        gates.byteOffset + 4 * gatesAt,
        gh.byteOffset,
        h.byteOffset + 4 * previousAt,
        h.byteOffset + 4 * nextAt,
        ghN.byteOffset + 4 * cacheAt,
        batch,
        hidden,
      );
    },
    backward: (step) => {
      const { batch, hidden, gates, gatesAt, previousAt, cacheAt, dgx, dgxAt, dgh, dghAt } = step;
      runBackward(
        gates.byteOffset + 4 * gatesAt,
        step.states[0].byteOffset + 4 * previousAt,
        step.caches[0].byteOffset + 4 * cacheAt,
        step.dstate[0].byteOffset,
        dgx.byteOffset + 4 * dgxAt,
        dgh.byteOffset + 4 * dghAt,
        batch,
        hidden,
      );
    },
  };
}
