import type { Inputs } from '../recurrence/window';
import type { BpttSpec, ClipSpec, LossSpec, NetworkSpec } from '../spec';

/** The options from which all threads of a learner build their workspace; plain data. */
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
  /** Shards that the batch is split into. */
  readonly shards: number;
}
