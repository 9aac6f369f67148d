import { combineNorms } from '../kernels/norms';
import { countSaturation, saturationFrom, type Saturation } from './saturation';
import type { BackwardNorms, LayerNorms } from '../recurrence/scan';
import type { Unroll } from '../recurrence/unroll';

/** Gradient norms of one layer, Euclidean over all units and the whole batch, of the total loss as reduced. */
export interface LayerRecord {
  /** (T): ‖∂L/∂h_t‖, total, before hidden clipping. 0 before the first step that truncated BPTT covers. */
  readonly dh: Float64Array;
  /** (T): the norm of the gradient that reaches h_t other than through step t+1 of the same layer. */
  readonly dhLocal: Float64Array;
  /** (T): ‖∂L/∂c_t‖, total, for cells with a second state. */
  readonly dc?: Float64Array;
  readonly saturation: readonly Saturation[];
}

/** The measurements of one update, per step. */
export interface StepRecord {
  /** T of the arrays: the steps of the window and the `windowAt` steps before it. */
  readonly steps: number;
  /** Steps before the window that the gradient could reach, 0 unless `backward` > `forward`. */
  readonly windowAt: number;
  /** (T): L_t as it enters the reported loss; 0 before the window. */
  readonly lossPerStep: Float64Array;
  /** From the lowest layer up. */
  readonly layers: readonly LayerRecord[];
}

/** The measurements of one layer of one shard: norms over its sequences, (C) each, and counts of its gates' values. */
export interface LayerMeasurements extends LayerNorms {
  /** Per gate (2): low, high. */
  readonly counts: readonly Int32Array[];
}

/**
 * Records the norms of one shard's gradients as the recurrence computes them, in memory that every thread of the learner
 * shares.
 */
export class NormRecorder implements BackwardNorms {
  readonly layers: readonly LayerMeasurements[];

  constructor(readonly unroll: Unroll) {
    const { network, shape } = unroll;
    const { kernels, cell } = network;
    const perStep = (): Float64Array => kernels.allocateDoubles(shape.steps);
    this.layers = network.layers.map(() => ({
      dh: kernels.allocateDoubles(2 * shape.steps),
      dc: cell.state.length > 1 ? perStep() : undefined,
      counts: cell.gates.map(() => kernels.allocateIndices(2)),
    }));
  }

  /** Before the backward pass: clears the norms, and counts the gates' values. */
  begin(): void {
    for (let layer = 0; layer < this.layers.length; layer++) {
      const { dh, dc, counts } = this.layers[layer];
      dh.fill(0);
      dc?.fill(0);
      countSaturation(this.unroll, layer, counts);
    }
  }
}

/** The record of the whole batch from those of its shards, after their backward passes. `lossPerStep` is copied. */
export function recordOf(shards: readonly NormRecorder[], lossPerStep: Float64Array): StepRecord {
  const [{ unroll, layers }] = shards;
  const { length, windowAt, network } = unroll;
  return {
    steps: length,
    windowAt: windowAt,
    lossPerStep: lossPerStep.slice(0, length),
    layers: layers.map(({ dc }, layer) => {
      const notes = shards.map((shard) => shard.layers[layer]);
      const pairs = notes.map((note) => note.dh);
      return {
        dh: combined(pairs, length, 2, 0),
        dhLocal: combined(pairs, length, 2, 1),
        ...(dc === undefined ? {} : { dc: combined(cellStateNorms(notes), length, 1, 0) }),
        saturation: network.cell.gates.map((gate, index) =>
          saturationFrom(
            gate,
            network.spec.activation,
            notes.map(({ counts }) => counts[index]),
            (length - windowAt) * network.spec.hidden * shards.reduce((sum, shard) => sum + shard.unroll.batch, 0),
          ),
        ),
      };
    }),
  };
}

function cellStateNorms(notes: readonly LayerMeasurements[]): readonly Float64Array[] {
  return notes.flatMap(({ dc }) => dc ?? []);
}

/** (length): ‖·‖ over all sequences from the norms over those of each shard, which lie `stride` apart from `at` on. */
function combined(parts: readonly Float64Array[], length: number, stride: number, at: number): Float64Array {
  const all = new Float64Array(length);
  if (parts.length === 1) {
    const [only] = parts;
    for (let t = 0; t < length; t++) all[t] = only[stride * t + at];
    return all;
  }
  const norms = new Float64Array(parts.length);
  for (let t = 0; t < length; t++) {
    for (let shard = 0; shard < parts.length; shard++) norms[shard] = parts[shard][stride * t + at];
    all[t] = combineNorms(norms);
  }
  return all;
}
