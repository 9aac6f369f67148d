import type { Projection, Sample, Scores } from '../../../src/protocol/output';
import type { NoPredictions, Predictions } from '../../../src/protocol/predictions';
import type { RequestState } from '../../store/latestRequest';

/** What the network does with the weights before the update. */
export interface Output {
  readonly sample: RequestState<Sample>;
  readonly scores: RequestState<Scores>;
  /** `none` for data that is no table. */
  readonly predictions: RequestState<Predictions | NoPredictions>;
  readonly projection: RequestState<Projection>;
}
