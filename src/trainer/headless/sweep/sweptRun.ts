import type { ResolvedExperiment } from '../../../experiment/schema/schema';
import type { CommandLine } from '../commandLine/trainingCommandLine.node';
import type { Combination } from './grid';

/** A combination as it is trained. */
export interface SweptRun {
  readonly combination: Combination;
  readonly commandLine: CommandLine;
  readonly experiment: ResolvedExperiment;
}
