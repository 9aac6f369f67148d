import type { Handlers } from '../../src/protocol/channel';
import type { ComparisonHostContract, ComparisonState } from '../../src/protocol/comparison';

const commandsNeedVsCode = (): never => {
  throw new Error('This file only compares these runs. Opening and choosing runs need VS Code.');
};

/** Answers the page of a comparison from its recording. */
export function recordedComparison(recording: Promise<ComparisonState>): Handlers<ComparisonHostContract> {
  return {
    ready: () => recording,
    open: commandsNeedVsCode,
    remove: commandsNeedVsCode,
    choose: commandsNeedVsCode,
    share: commandsNeedVsCode,
  };
}
