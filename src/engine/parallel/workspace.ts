import type { KernelSet } from '../kernels/kernelSet';
import { splitBatch } from '../recurrence/batchRows';
import { Network } from '../network';
import { Shard } from './shard';
import type { BpttSpec, ClipSpec, LossSpec, NetworkSpec } from '../spec';
import { planTruncation } from '../recurrence/truncation';
import type { Inputs } from '../recurrence/window';
import { ShardWindow } from './shardWindow';

/** What the threads of a learner have to know alike; plain data. */
export interface WorkspaceOptions {
  readonly network: NetworkSpec;
  readonly loss: LossSpec;
  readonly bptt: BpttSpec;
  readonly clip: ClipSpec;
  /** T of the longest window. */
  readonly steps: number;
  /** B of every training window. */
  readonly batch: number;
  readonly inputs: Inputs['kind'];
  /** Parts that the batch is cut into. */
  readonly shards: number;
}

/**
 * Everything that the shards of a batch work on. It is laid out by nothing but the options: another thread that builds
 * it over the same memory finds every tensor where the first one has it.
 */
export class Workspace {
  /** With the gradients of the first shard, to which those of the others are added. */
  readonly network: Network;
  /** In the order of their lanes. */
  readonly shards: readonly [Shard, ...Shard[]];

  constructor(kernels: KernelSet, options: WorkspaceOptions) {
    const { network, inputs, bptt, loss, steps, batch, shards } = options;
    const plan = planTruncation(bptt, steps);
    const first = new Network(kernels, network, inputs);
    this.network = first;
    const make = (net: Network, lanes: { readonly from: number; readonly count: number }): Shard => {
      const cut = shards === 1 ? undefined : new ShardWindow(kernels, lanes, network, loss.kind, steps);
      return new Shard(net, lanes, options, plan, cut);
    };
    const [head, ...rest] = splitBatch(batch, shards);
    this.shards = [
      make(first, head),
      ...rest.map((lanes) => make(new Network(kernels, network, inputs, first), lanes)),
    ];
  }
}
