import { cellNamed } from '../cells/registry';
import type { NetworkSpec } from '../spec';

/** Floating-point operations of one step from which splitting is worthwhile: about three milliseconds of one core. */
const minOperations = 150e6;

/** Operations that a shard has at least: about one millisecond, compared with some microseconds of synchronization. */
const minShardOperations = 50e6;

/** Sequences that a shard has at least: two tiles of the matrix products. */
const minSequences = 8;

/** With more shards, storing and adding their gradients would cost more than they save. */
const maxShards = 8;

/**
 * The number of shards of sequences that a training batch is split into. Their gradients are added in the order of their
 * sequences, so the split determines the last bits of a result. It depends on the sizes alone, never on the machine or
 * its load, and the result does not depend on the number of threads.
 *
 * @param steps that one backward pass covers at most
 */
export function shardsOf(network: NetworkSpec, steps: number, batch: number): number {
  const operations = operationsOfStep(network, steps, batch);
  if (operations < minOperations) return 1;
  const useful = Math.min(maxShards, Math.floor(batch / minSequences), Math.floor(operations / minShardOperations));
  return Math.max(1, useful);
}

/** Number of operations of the matrix products: forward, and back to the inputs and to the weights. */
function operationsOfStep({ cell, hidden, layers, outputs }: NetworkSpec, steps: number, batch: number): number {
  const rows = cellNamed(cell).gates.length * hidden;
  const weights = rows * hidden * (2 * layers - 1) + outputs * hidden;
  return 3 * 2 * weights * steps * batch;
}
