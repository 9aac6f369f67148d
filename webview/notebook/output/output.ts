import type { Projection, Sample, Scores } from '../../../src/protocol/output';
import type { RequestState } from '../../store/latestRequest';

/** What the network does with the weights before the update. */
export interface Output {
  readonly sample: RequestState<Sample>;
  readonly scores: RequestState<Scores>;
  readonly projection: RequestState<Projection>;
}
