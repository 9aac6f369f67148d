import { copyResetMask, copyBatchRows, partsOf, type CapturedTensor } from './instruments/capture';
import type { Tensor } from './tensor';
import { gatherRows, scatterRows, type BatchPart } from './recurrence/batchRows';
import type { Network } from './network';
import type { Shard } from './parallel/shard';

/**
 * The state that the same kernels need to continue bit for bit: parameters, optimizer state, carried states and, where
 * `backward` > `forward`, the stored steps. Plain data: it survives structured cloning, and the scalars survive JSON.
 */
export interface Snapshot {
  readonly tensors: ReadonlyMap<string, CapturedTensor>;
  readonly scalars: Readonly<Record<string, number | string>>;
}

/** A tensor in the learner's memory that a snapshot is copied from and to: (steps,B,width), in parts of sequences. */
export interface LiveTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly steps: number;
  readonly width: number;
  readonly parts: readonly BatchPart<Tensor>[];
}

/** The parameters, and the optimizer's slots as optimizer/SLOT/NAME. */
export function liveParameters(
  network: Network,
  slots: readonly { readonly name: string; readonly values: Tensor }[],
): readonly LiveTensor[] {
  const whole = (name: string, shape: readonly number[], values: Tensor): LiveTensor => ({
    name,
    shape,
    steps: 1,
    width: values.length,
    parts: [{ sequences: { from: 0, count: 1 }, values }],
  });
  const parameters = [...network.parameters.values()];
  let from = 0;
  const places = parameters.map(({ name, shape, values }) => {
    const at = from;
    from += values.length;
    return { name, shape, at, to: from };
  });
  return [
    ...parameters.map(({ name, shape, values }) => whole(name, shape, values)),
    ...slots.flatMap((slot) =>
      places.map(({ name, shape, at, to }) =>
        whole(`optimizer/${slot.name}/${name}`, shape, slot.values.subarray(at, to)),
      ),
    ),
  ];
}

/**
 * The first `steps` steps of the timelines and the state after them: the states [steps+1,B,H], gates, caches and inputs.
 * They do not depend on how the batch is split.
 */
export function liveTimeline(shards: readonly [Shard, ...Shard[]], steps: number): readonly LiveTensor[] {
  const [{ network }] = shards;
  const { cell, spec } = network;
  const batch = shards.reduce((sum, { rows: sequences }) => sum + sequences.count, 0);
  const live: LiveTensor[] = [];
  const add = (name: string, length: number, width: number, tensor: (shard: Shard) => Tensor): void => {
    if (length > 0) {
      live.push({ name, shape: [length, batch, width], steps: length, width, parts: partsOf(shards, tensor) });
    }
  };
  network.layers.forEach((_, layer) => {
    cell.state.forEach((state, i) => {
      add(`state/${state}_l${layer}`, steps + 1, spec.hidden, ({ unroll }) => unroll.scans[layer].states[i]);
    });
    cell.cache.forEach((cache, i) => {
      add(`history/${cache}_l${layer}`, steps, spec.hidden, ({ unroll }) => unroll.scans[layer].caches[i]);
    });
    add(`history/gates_l${layer}`, steps, cell.gates.length * spec.hidden, ({ unroll }) => unroll.scans[layer].gates);
  });
  if (network.inputs === 'dense') add('history/inputs', steps, spec.inputs, denseInputs);
  return live;
}

function denseInputs({ unroll }: Shard): Tensor {
  const { input } = unroll.inputs;
  if (input.kind !== 'dense') throw new Error('This net is run on symbols.');
  return input.values;
}

/** Copies live memory out. */
export function copyOut(live: readonly LiveTensor[]): Map<string, CapturedTensor> {
  return new Map(live.map(({ name, shape, steps, width, parts }) => [name, copyBatchRows(parts, steps, width, shape)]));
}

/** Symbols and beginnings of sequences (steps,B), which are integers, independent of the kernels' precision. */
export function copyOutIndices(shards: readonly [Shard, ...Shard[]], steps: number): Map<string, CapturedTensor> {
  const copied = new Map<string, CapturedTensor>();
  if (steps === 0) return copied;
  const batch = shards.reduce((sum, { rows: sequences }) => sum + sequences.count, 0);
  copied.set('history/reset', copyResetMask(shards, steps, batch));
  if (shards[0].network.inputs === 'oneHot') {
    const data = new Int32Array(steps * batch);
    gatherRows(data, partsOf(shards, symbols), steps, 1);
    copied.set('history/inputs', { dtype: 'I32', shape: [steps, batch], data });
  }
  return copied;
}

function symbols({ unroll }: Shard): Int32Array {
  const { input } = unroll.inputs;
  if (input.kind !== 'oneHot') throw new Error('This net is run on rows of numbers.');
  return input.indices;
}

/** Copies the values of a snapshot back into the learner's memory. */
export type Restoration = () => void;

/**
 * Finds each of the live tensors in a snapshot, in its shape, and returns the functions that restore them; throws
 * RangeError naming the tensor that does not fit. Double precision of other kernels is rounded to single precision if
 * these kernels compute in single. Nothing is written before, so that an error leaves everything unchanged.
 */
export function prepareRestoration(snapshot: Snapshot, live: readonly LiveTensor[]): Restoration {
  const pairs = live.map((tensor) => {
    const { name, shape } = tensor;
    return { tensor, data: storedAs(snapshot, name, ['F32', 'F64'], shape).data };
  });
  return () => {
    for (const { tensor, data } of pairs) {
      const { parts, steps, width } = tensor;
      const batch = parts.reduce((sum, { sequences }) => sum + sequences.count, 0);
      for (const part of parts) scatterRows(part, data, steps, batch, width);
    }
  };
}

/** As `prepareRestoration`, for the tensors of `copyOutIndices`. */
export function prepareIndices(snapshot: Snapshot, shards: readonly [Shard, ...Shard[]], steps: number): Restoration {
  if (steps === 0) return () => undefined;
  const batch = shards.reduce((sum, { rows: sequences }) => sum + sequences.count, 0);
  const reset = storedAs(snapshot, 'history/reset', ['I32'], [steps, batch]).data;
  const inputs =
    shards[0].network.inputs === 'oneHot'
      ? symbolsIn(storedAs(snapshot, 'history/inputs', ['I32'], [steps, batch]), shards[0].network.spec.inputs)
      : undefined;
  return () => {
    for (const shard of shards) {
      const { rows: sequences, unroll } = shard;
      scatterRows({ sequences, values: unroll.resetMask.flags }, reset, steps, batch, 1);
      unroll.resetMask.flagsChanged(steps, sequences.count);
      if (inputs !== undefined) {
        scatterRows({ sequences, values: symbols(shard) }, inputs, steps, batch, 1);
      }
    }
  };
}

/** Throws RangeError where a symbol is not in [0, kinds). */
function symbolsIn({ data }: CapturedTensor, kinds: number): CapturedTensor['data'] {
  const stray = data.find((symbol) => symbol < 0 || symbol >= kinds);
  if (stray === undefined) return data;
  throw new RangeError(`The snapshot holds the symbol ${stray}; this learner knows those from 0 to ${kinds - 1}.`);
}

/** A tensor of the snapshot; throws RangeError unless it has one of these types and that shape. */
function storedAs(
  snapshot: Snapshot,
  name: string,
  dtypes: readonly CapturedTensor['dtype'][],
  shape: readonly number[],
): CapturedTensor {
  const stored = snapshot.tensors.get(name);
  const size = `[${shape.join(', ')}]`;
  if (stored === undefined || !dtypes.includes(stored.dtype) || `[${stored.shape.join(', ')}]` !== size) {
    const wanted = `${dtypes.join(' or ')} ${size}`;
    const found = stored === undefined ? 'nothing' : `${stored.dtype} [${stored.shape.join(', ')}]`;
    throw new RangeError(
      `The snapshot holds ${found} under "${name}", this learner needs ${wanted}: restore it into a learner of the same experiment.`,
    );
  }
  return stored;
}

/** A whole number among the scalars; throws RangeError naming it otherwise. */
export function scalarCount(snapshot: Snapshot, name: string): number {
  const value = snapshot.scalars[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw new RangeError(`The snapshot's ${name} is ${String(value)}; it must be a whole number, 0 or more.`);
  }
  return value;
}

/** Throws RangeError if a scalar of a snapshot differs from that of the learner. */
export function expectScalar(snapshot: Snapshot, name: string, wanted: string): void {
  const found = snapshot.scalars[name];
  if (found !== wanted) {
    throw new RangeError(
      `The snapshot was taken with ${name} "${String(found)}", this learner has "${wanted}": restore it into a learner of the same experiment.`,
    );
  }
}

/**
 * The same snapshot with only the last `keep` of the stored steps, for a learner whose gradient reaches back less far.
 * Throws RangeError where fewer are stored.
 */
export function withStoredSteps({ tensors, scalars }: Snapshot, keep: number): Snapshot {
  const stored = Number(scalars.storedSteps);
  if (keep > stored) throw new RangeError(`The snapshot stores ${stored} steps, fewer than ${keep}.`);
  const entries = [...tensors].flatMap(([name, tensor]): [string, CapturedTensor][] => {
    const isState = name.startsWith('state/');
    if (!isState && !name.startsWith('history/')) return [[name, tensor]];
    const [slots = 0, ...rest] = tensor.shape;
    const remaining = isState ? keep + 1 : keep;
    const block = tensor.data.length / slots;
    // A tensor without steps is not part of a snapshot.
    return remaining === 0
      ? []
      : [
          [
            name,
            {
              ...tensor,
              shape: [remaining, ...rest],
              data: tensor.data.slice((slots - remaining) * block),
            } as CapturedTensor,
          ],
        ];
  });
  return { tensors: new Map(entries), scalars: { ...scalars, storedSteps: keep } };
}
