import type { Inputs } from '../recurrence/window';
import type { BpttSpec, ClipSpec, LossSpec, NetworkSpec } from '../spec';

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
