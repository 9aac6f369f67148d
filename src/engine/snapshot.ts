import { copyTensor, type CapturedTensor } from './capture';
import type { Tensor } from './kernels/kernelSet';
import type { Network } from './network';
import type { Unroll } from './unroll';

/**
 * Everything needed to go on bit for bit: parameters, optimizer state, carried states and, where `backward` >
 * `forward`, the stored steps. Plain data: it survives structured cloning, and the scalars survive JSON.
 */
export interface Snapshot {
  readonly tensors: ReadonlyMap<string, CapturedTensor>;
  readonly scalars: Readonly<Record<string, number | string>>;
}

/** A piece of live memory that a snapshot copies out of and back into. */
export interface LiveTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Tensor;
}

/** The parameters, and the optimizer's slots as optimizer/SLOT/NAME. */
export function liveParameters(
  network: Network,
  slots: readonly { readonly name: string; readonly values: Tensor }[],
): readonly LiveTensor[] {
  const parameters = [...network.parameters.values()];
  let from = 0;
  const places = parameters.map(({ name, shape, values }) => {
    const at = from;
    from += values.length;
    return { name, shape, at, to: from };
  });
  return [
    ...parameters,
    ...slots.flatMap((slot) =>
      places.map(({ name, shape, at, to }) => ({
        name: `optimizer/${slot.name}/${name}`,
        shape,
        values: slot.values.subarray(at, to),
      })),
    ),
  ];
}

/** The first `steps` steps of a timeline and the state after them: the states [steps+1,B,H], gates and caches. */
export function liveTimeline(unroll: Unroll, steps: number, batch: number): readonly LiveTensor[] {
  const { cell, spec } = unroll.network;
  const live: LiveTensor[] = [];
  const add = (name: string, values: Tensor, length: number, width: number): void => {
    if (length > 0)
      live.push({ name, shape: [length, batch, width], values: values.subarray(0, length * batch * width) });
  };
  unroll.scans.forEach((scan, layer) => {
    cell.state.forEach((state, i) => add(`state/${state}_l${layer}`, scan.states[i], steps + 1, spec.hidden));
    cell.cache.forEach((cache, i) => add(`history/${cache}_l${layer}`, scan.caches[i], steps, spec.hidden));
    add(`history/gates_l${layer}`, scan.gates, steps, cell.gates.length * spec.hidden);
  });
  return live;
}

/** Copies live memory out. */
export function copyOut(live: readonly LiveTensor[]): Map<string, CapturedTensor> {
  return new Map(live.map(({ name, shape, values }) => [name, copyTensor(values, shape)]));
}

/** Writes what a snapshot holds back into live memory. */
export type Restoration = () => void;

/**
 * Finds each of the live tensors in a snapshot, in its shape and precision, and returns what puts them back; throws
 * RangeError naming the tensor that does not fit. Nothing is written before, so a refusal leaves everything as it was.
 */
export function prepareRestoration(snapshot: Snapshot, live: readonly LiveTensor[]): Restoration {
  const pairs = live.map(({ name, shape, values }) => {
    const stored = snapshot.tensors.get(name);
    const wanted = `${values instanceof Float64Array ? 'F64' : 'F32'} [${shape.join(', ')}]`;
    const found = stored === undefined ? 'nothing' : `${stored.dtype} [${stored.shape.join(', ')}]`;
    if (stored === undefined || found !== wanted) {
      throw new RangeError(
        `The snapshot holds ${found} under "${name}", this learner needs ${wanted}: restore it into a learner of the same experiment.`,
      );
    }
    return { from: stored.data, to: values };
  });
  return () => pairs.forEach(({ from, to }) => to.set(from));
}

/** A whole number among the scalars; throws RangeError naming it otherwise. */
export function scalarCount(snapshot: Snapshot, name: string): number {
  const value = snapshot.scalars[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw new RangeError(`The snapshot's ${name} is ${String(value)}; it must be a whole number, 0 or more.`);
  }
  return value;
}

/** Throws RangeError where a scalar of a snapshot is not the one that the learner has. */
export function expectScalar(snapshot: Snapshot, name: string, wanted: string): void {
  const found = snapshot.scalars[name];
  if (found !== wanted) {
    throw new RangeError(
      `The snapshot was taken with ${name} "${String(found)}", this learner has "${wanted}": restore it into a learner of the same experiment.`,
    );
  }
}
