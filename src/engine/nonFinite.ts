import type { Tensor } from './kernels/kernelSet';
import { lossOf } from './losses/loss';
import type { Network } from './network';
import type { BackwardObserver } from './scan';
import type { LossSpec } from './spec';
import type { Unroll } from './unroll';
import type { Window } from './window';

/** Where a value that is not finite stands; names as in a capture. */
export interface NonFinitePlace {
  readonly pass: 'forward' | 'loss' | 'backward' | 'update';
  readonly tensor: string;
  readonly layer?: number;
  /** Step of the window, from 0; negative in the reach before it. */
  readonly t?: number;
  /** Row of the batch. */
  readonly row?: number;
  /** NaN, Infinity or -Infinity. */
  readonly value: string;
}

/** The first element of [from, to) that is not finite, or undefined. */
function firstNonFinite(values: Tensor, from: number, to: number): number | undefined {
  for (let i = from; i < to; i++) if (!Number.isFinite(values[i])) return i;
  return undefined;
}

/**
 * The first bad value of a forward pass in the order of computation: weights, the carried state, then per step the
 * input, each layer's gates and states, the output.
 */
export function locateInForward(unroll: Unroll): NonFinitePlace | undefined {
  const { network, batch } = unroll;
  const { spec, cell } = network;
  const weight = firstBadParameter(network, 'values');
  if (weight !== undefined) return { pass: 'forward', ...weight };

  const search = new RowSearch('forward', batch, unroll.windowAt);
  for (let layer = 0; layer < spec.layers; layer++) {
    for (const [index, state] of cell.state.entries()) {
      const found = search.slot(`${state}0_l${layer}`, unroll.scans[layer].states[index], spec.hidden, unroll.windowAt);
      if (found !== undefined) return { ...found, layer };
    }
  }
  for (let t = unroll.windowAt; t < unroll.length; t++) {
    const { input } = unroll.inputs;
    if (input.kind === 'dense') {
      const found = search.step('inputs', input.values, spec.inputs, t, t);
      if (found !== undefined) return found;
    }
    for (let layer = 0; layer < spec.layers; layer++) {
      const scan = unroll.scans[layer];
      const gates = search.step(`gates_l${layer}`, scan.gates, cell.gates.length * spec.hidden, t, t);
      if (gates !== undefined) return { ...gates, layer };
      // The output is the first state but the last to be computed.
      for (const [index, state] of [...cell.state.entries()].reverse()) {
        const found = search.step(`${state}_l${layer}`, scan.states[index], spec.hidden, t, t + 1);
        if (found !== undefined) return { ...found, layer };
      }
    }
    const output = search.step('outputs', unroll.outputs, spec.outputs, t, t);
    if (output !== undefined) return output;
  }
  return undefined;
}

/** Where the forward pass went wrong, if the state that it carries on holds a bad value; a look at one step only. */
export function locateInCarriedState(unroll: Unroll): NonFinitePlace | undefined {
  const block = unroll.batch * unroll.network.spec.hidden;
  const from = unroll.length * block;
  const sound = unroll.scans.every(({ states }) =>
    states.every((state) => firstNonFinite(state, from, from + block) === undefined),
  );
  return sound ? undefined : locateInForward(unroll);
}

/** The first step and row whose loss is not finite; the total itself where only the sum overflowed. */
export function locateInLoss(unroll: Unroll, spec: LossSpec, window: Window, total: number): NonFinitePlace {
  const { kernels } = unroll.network;
  const { outputs: width } = unroll.network.spec;
  const loss = kernels.lossKernel(spec.kind) ?? lossOf(spec.kind);
  for (let row = 0; row < window.steps * unroll.batch; row++) {
    const value = loss({
      outputs: unroll.outputs,
      outputsAt: (unroll.windowAt * unroll.batch + row) * width,
      rows: 1,
      width,
      targets: window.targets,
      firstRow: row,
      mask: window.mask,
      gradient: undefined,
      gradientAt: 0,
      gradientWeight: 0,
    });
    if (!Number.isFinite(value)) {
      return {
        pass: 'loss',
        tensor: 'loss',
        t: Math.floor(row / unroll.batch),
        row: row % unroll.batch,
        value: String(value),
      };
    }
  }
  return { pass: 'loss', tensor: 'loss', value: String(total) };
}

/**
 * The first bad value of a backward pass, which is run again to look at every step: from the last step down, per step
 * ∂L/∂ŷ_t and then from the top layer down what arrives, the total and ∂L/∂gx; after them the gradients of the weights.
 */
export function locateInBackward(unroll: Unroll, start: number, limit: number | undefined): NonFinitePlace {
  const { network, batch, windowAt } = unroll;
  const search = new RowSearch('backward', batch, windowAt);
  const watcher = new BackwardWatcher(unroll, search);
  network.gradients.fill(0);
  unroll.backward(start, limit, [watcher]);

  for (let t = unroll.length - 1; t >= Math.max(start, windowAt); t--) {
    const found = search.step('dOutputs', unroll.dOutputs, network.spec.outputs, t, t - start);
    if (found !== undefined && t >= watcher.t) return found;
  }
  if (watcher.found !== undefined) return watcher.found;
  const gradient = firstBadParameter(network, 'gradient');
  if (gradient !== undefined) return { pass: 'backward', ...gradient };
  return { pass: 'backward', tensor: 'grad', value: 'Infinity' };
}

/** The first parameter with a bad value after an update. */
export function locateInUpdate(network: Network): NonFinitePlace {
  const found = firstBadParameter(network, 'values');
  return found === undefined
    ? { pass: 'update', tensor: 'next', value: 'Infinity' }
    : { pass: 'update', tensor: `next/${found.tensor}`, value: found.value };
}

function firstBadParameter(
  network: Network,
  what: 'values' | 'gradient',
): { readonly tensor: string; readonly value: string } | undefined {
  for (const parameter of network.parameters.values()) {
    const values = parameter[what];
    const at = firstNonFinite(values, 0, values.length);
    if (at !== undefined) {
      const tensor = what === 'gradient' ? `grad/${parameter.name}` : parameter.name;
      return { tensor, value: String(values[at]) };
    }
  }
  return undefined;
}

/** Looks through one step's rows (B,width) of a tensor over time. */
class RowSearch {
  constructor(
    private readonly pass: 'forward' | 'backward',
    private readonly batch: number,
    private readonly windowAt: number,
  ) {}

  step(tensor: string, values: Tensor, width: number, t: number, slot: number): NonFinitePlace | undefined {
    const found = this.slot(tensor, values, width, slot);
    return found === undefined ? undefined : { ...found, t: t - this.windowAt };
  }

  slot(tensor: string, values: Tensor, width: number, slot: number): NonFinitePlace | undefined {
    const from = slot * this.batch * width;
    const at = firstNonFinite(values, from, from + this.batch * width);
    if (at === undefined) return undefined;
    return { pass: this.pass, tensor, row: Math.floor((at - from) / width), value: String(values[at]) };
  }
}

/** Keeps the bad value that comes first when the steps are read from the last down and the layers from the top. */
class BackwardWatcher implements BackwardObserver {
  found: NonFinitePlace | undefined;
  t = -1;

  constructor(
    private readonly unroll: Unroll,
    private readonly search: RowSearch,
  ) {}

  hidden(layer: number, t: number, dh: Tensor, dhLocal: Tensor, localAt: number): void {
    if (t <= this.t) return;
    const { hidden } = this.unroll.network.spec;
    const local = dhLocal.subarray(localAt, localAt + this.unroll.batch * hidden);
    this.keep(layer, t, this.search.step(`dhLocal_l${layer}`, local, hidden, t, 0));
    if (t > this.t) this.keep(layer, t, this.search.step(`dh_l${layer}`, dh, hidden, t, 0));
  }

  cell(layer: number, t: number, _total: readonly Tensor[], dgx: Tensor, _dgh: Tensor, gatesAt: number): void {
    if (t <= this.t) return;
    const { cell, spec } = this.unroll.network;
    const width = cell.gates.length * spec.hidden;
    const step = dgx.subarray(gatesAt, gatesAt + this.unroll.batch * width);
    this.keep(layer, t, this.search.step(`dgates_l${layer}`, step, width, t, 0));
  }

  private keep(layer: number, t: number, place: NonFinitePlace | undefined): void {
    if (place === undefined) return;
    this.found = { ...place, layer };
    this.t = t;
  }
}
