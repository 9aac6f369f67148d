import type { KernelSet } from '../kernels/kernelSet';
import { splitBatch } from '../recurrence/batchRows';
import { Network } from '../network';
import { Shard } from './shard';
import { planTruncation } from '../recurrence/truncation';
import { ShardWindow } from './shardWindow';
import type { WorkspaceOptions } from './workspaceOptions';

/**
 * The memory of all shards of a batch. Its layout depends on the options alone: another thread that builds
 * it over the same memory finds every tensor at the same address.
 */
export class Workspace {
  /** With the gradients of the first shard, to which those of the others are added. */
  readonly network: Network;
  /** In the order of their sequences. */
  readonly shards: readonly [Shard, ...Shard[]];

  constructor(kernels: KernelSet, options: WorkspaceOptions) {
    const { network, inputs, bptt, loss, steps, batch, shards } = options;
    const plan = planTruncation(bptt, steps);
    const first = new Network(kernels, network, inputs);
    this.network = first;
    const make = (net: Network, sequences: { readonly from: number; readonly count: number }): Shard => {
      const shardWindow = shards === 1 ? undefined : new ShardWindow(kernels, sequences, network, loss.kind, steps);
      return new Shard(net, sequences, options, plan, shardWindow);
    };
    const [head, ...rest] = splitBatch(batch, shards);
    this.shards = [
      make(first, head),
      ...rest.map((sequences) => make(new Network(kernels, network, inputs, first), sequences)),
    ];
  }
}
