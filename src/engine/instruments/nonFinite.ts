import type { Tensor } from '../tensor';
import { lossFunction } from '../losses/registry';
import type { Network } from '../network';
import type { BackwardObserver } from '../recurrence/scan';
import type { Shard } from '../parallel/shard';
import type { LossSpec } from '../spec';
import type { Unroll } from '../recurrence/unroll';
import type { Window } from '../recurrence/window';

/** Where a value that is not finite was found. */
export interface NonFinitePlace {
  readonly pass: 'forward' | 'loss' | 'backward' | 'update';
  /** Names as in a capture: h_l0, outputs, loss, dh_l0, grad/NAME, next/NAME. */
  readonly tensor: string;
  readonly layer?: number;
  /** Step of the window, from 0; negative for the steps before it that the gradient reaches. */
  readonly t?: number;
  /** Row of the batch. */
  readonly row?: number;
  /** NaN, Infinity or -Infinity. */
  readonly value: string;
}

/** The shards of a batch, in the order of their sequences. */
type Shards = readonly [Shard, ...Shard[]];

/** The first element of [from, to) that is not finite, or undefined. */
function firstNonFinite(values: Tensor, from: number, to: number): number | undefined {
  for (let i = from; i < to; i++) if (!Number.isFinite(values[i])) return i;
  return undefined;
}

/**
 * The first value of a forward pass that is not finite, in the order of computation: weights, the carried state, then
 * per step the input, each layer's gates and states, the output.
 */
export function locateInForward(shards: Shards): NonFinitePlace | undefined {
  const [{ network, unroll: timeline }] = shards;
  const { spec, cell } = network;
  const weight = firstBadParameter(network, 'values');
  if (weight !== undefined) return { pass: 'forward', ...weight };

  const search = new RowSearch('forward', shards, timeline.windowAt);
  for (let layer = 0; layer < spec.layers; layer++) {
    for (const [index, state] of cell.state.entries()) {
      const states = (unroll: Unroll): Tensor => unroll.scans[layer].states[index];
      const found = search.slot(`${state}0_l${layer}`, states, spec.hidden, timeline.windowAt);
      if (found !== undefined) return { ...found, layer };
    }
  }
  for (let t = timeline.windowAt; t < timeline.length; t++) {
    if (network.inputs === 'dense') {
      const found = search.step('inputs', denseInputs, spec.inputs, t, t);
      if (found !== undefined) return found;
    }
    for (let layer = 0; layer < spec.layers; layer++) {
      const gatesOf = (unroll: Unroll): Tensor => unroll.scans[layer].gates;
      const gates = search.step(`gates_l${layer}`, gatesOf, cell.gates.length * spec.hidden, t, t);
      if (gates !== undefined) return { ...gates, layer };
      // The output is the first state, but the last that is computed.
      for (const [index, state] of [...cell.state.entries()].reverse()) {
        const states = (unroll: Unroll): Tensor => unroll.scans[layer].states[index];
        const found = search.step(`${state}_l${layer}`, states, spec.hidden, t, t + 1);
        if (found !== undefined) return { ...found, layer };
      }
    }
    const output = search.step('outputs', (unroll) => unroll.outputs, spec.outputs, t, t);
    if (output !== undefined) return output;
  }
  return undefined;
}

function denseInputs({ inputs: { input } }: Unroll): Tensor {
  if (input.kind !== 'dense') throw new Error('This net is run on symbols.');
  return input.values;
}

/** Where the forward pass produced a bad value, if the carried state holds one; checks the state of one step only. */
export function locateInCarriedState(shards: Shards): NonFinitePlace | undefined {
  const sound = shards.every(({ unroll }) => {
    const block = unroll.batch * unroll.network.spec.hidden;
    const from = unroll.length * block;
    return unroll.scans.every(({ states }) =>
      states.every((state) => firstNonFinite(state, from, from + block) === undefined),
    );
  });
  return sound ? undefined : locateInForward(shards);
}

/** The first step and row whose loss is not finite; the total itself where only the sum overflowed. */
export function locateInLoss(shards: Shards, spec: LossSpec, window: Window, total: number): NonFinitePlace {
  const [{ network }] = shards;
  const { outputs: width } = network.spec;
  const loss = network.kernels.lossKernel(spec) ?? lossFunction(spec);
  for (let t = 0; t < window.steps; t++) {
    for (const { unroll, rows: sequences } of shards) {
      for (let sequence = 0; sequence < sequences.count; sequence++) {
        const row = sequences.from + sequence;
        const value = loss({
          outputs: unroll.outputs,
          outputsAt: ((unroll.windowAt + t) * sequences.count + sequence) * width,
          rows: 1,
          width,
          targets: window.targets,
          firstRow: t * window.batch + row,
          mask: window.mask,
          gradient: undefined,
          gradientAt: 0,
          gradientWeight: 0,
        });
        if (!Number.isFinite(value)) return { pass: 'loss', tensor: 'loss', t, row, value: String(value) };
      }
    }
  }
  return { pass: 'loss', tensor: 'loss', value: String(total) };
}

/**
 * The first bad value of a backward pass, which is run again to check every step: from the last step down, per step
 * ∂L/∂ŷ_t and then from the top layer down what arrives, the total and ∂L/∂gx; after them the gradients of the weights.
 */
export function locateInBackward(shards: Shards, start: number, limit: number | undefined): NonFinitePlace {
  const [{ network, unroll: timeline }] = shards;
  const search = new RowSearch('backward', shards, timeline.windowAt);
  const found = new FirstInBackward();
  for (const shard of shards) {
    shard.network.gradients.fill(0);
    shard.unroll.backward(start, limit, [new BackwardWatcher(shard, timeline.windowAt, found)]);
  }

  for (let t = timeline.length - 1; t >= Math.max(start, timeline.windowAt); t--) {
    const output = search.step('dOutputs', (unroll) => unroll.dOutputs, network.spec.outputs, t, t - start);
    if (output !== undefined && t >= found.t) return output;
  }
  if (found.place !== undefined) return found.place;
  for (const shard of shards) {
    const gradient = firstBadParameter(shard.network, 'gradient');
    if (gradient !== undefined) return { pass: 'backward', ...gradient };
  }
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

/** Searches one step's rows (B,width) of a tensor over time, of all shards. */
class RowSearch {
  constructor(
    private readonly pass: 'forward' | 'backward',
    private readonly shards: readonly Shard[],
    private readonly windowAt: number,
  ) {}

  step(
    tensor: string,
    values: (unroll: Unroll) => Tensor,
    width: number,
    t: number,
    slot: number,
  ): NonFinitePlace | undefined {
    const found = this.slot(tensor, values, width, slot);
    return found === undefined ? undefined : { ...found, t: t - this.windowAt };
  }

  slot(tensor: string, values: (unroll: Unroll) => Tensor, width: number, slot: number): NonFinitePlace | undefined {
    for (const { unroll, rows: sequences } of this.shards) {
      const part = values(unroll);
      const from = slot * sequences.count * width;
      const at = firstNonFinite(part, from, from + sequences.count * width);
      if (at !== undefined) {
        const row = sequences.from + Math.floor((at - from) / width);
        return { pass: this.pass, tensor, row, value: String(part[at]) };
      }
    }
    return undefined;
  }
}

/** The bad value that comes first when the steps are read from the last down and the layers from the top. */
class FirstInBackward {
  place: NonFinitePlace | undefined;
  t = -1;
  private layer = -1;

  /** Whether a bad value at that place would come before the one found. */
  isBefore(t: number, layer: number): boolean {
    return t > this.t || (t === this.t && layer > this.layer);
  }

  record(t: number, layer: number, place: NonFinitePlace): void {
    this.place = { ...place, layer };
    this.t = t;
    this.layer = layer;
  }
}

/** Checks the gradients of one shard as they are computed. */
class BackwardWatcher implements BackwardObserver {
  constructor(
    private readonly shard: Shard,
    private readonly windowAt: number,
    private readonly found: FirstInBackward,
  ) {}

  hidden(layer: number, t: number, dh: Tensor, dhLocal: Tensor, localAt: number): void {
    const { hidden } = this.shard.network.spec;
    this.check(`dhLocal_l${layer}`, layer, t, dhLocal, localAt, hidden);
    this.check(`dh_l${layer}`, layer, t, dh, 0, hidden);
  }

  cell(layer: number, t: number, _total: readonly Tensor[], dgx: Tensor, _dgh: Tensor, gatesAt: number): void {
    const { cell, spec } = this.shard.network;
    this.check(`dgates_l${layer}`, layer, t, dgx, gatesAt, cell.gates.length * spec.hidden);
  }

  private check(tensor: string, layer: number, t: number, values: Tensor, from: number, width: number): void {
    if (!this.found.isBefore(t, layer)) return;
    const { rows: sequences } = this.shard;
    const at = firstNonFinite(values, from, from + sequences.count * width);
    if (at === undefined) return;
    const row = sequences.from + Math.floor((at - from) / width);
    this.found.record(t, layer, { pass: 'backward', tensor, t: t - this.windowAt, row, value: String(values[at]) });
  }
}
