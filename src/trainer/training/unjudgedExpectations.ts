import { baselineOf } from '../../checks/judgement';
import type { Source } from '../../data/source';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { StartProblem } from '../../protocol/trainer';
import { quote } from '../../text/quoting';

/** Expectations that can't be judged with these data, found when they are open: each is a problem at its key. */
export function unjudgedExpectations(
  { expect, data }: ResolvedExperiment,
  source: Pick<Source, 'targetKind' | 'baselines' | 'validation'>,
): readonly StartProblem[] {
  if (expect === undefined) return [];
  const problems: StartProblem[] = [];
  const add = (key: string, reason: string): void => {
    const message = `The expectation ${quote(key)} can't be judged: ${reason} Delete the key (in a variant, write null).`;
    problems.push({ code: 'unjudged', keyPath: ['expect', key], message });
  };
  const needsHeldOut = (['validationLoss', 'bestValidationLoss', 'accuracy', 'betterThan'] as const).filter(
    (key) => expect[key] !== undefined,
  );
  if (needsHeldOut.length > 0 && !isAnyHeldOut(source)) {
    for (const key of needsHeldOut) add(key, 'the held-out part of these data has no window with a target.');
    return problems;
  }
  if (expect.accuracy !== undefined && source.targetKind !== 'classes') {
    add('accuracy', 'the targets are numbers, and only classes have an accuracy.');
  }
  if (expect.betterThan !== undefined) {
    const baseline = baselineOf(expect.betterThan, source.baselines);
    const isOtherLength = 'task' in data && 'validation' in data && data.validation !== undefined;
    if (baseline === undefined || !Number.isFinite(baseline.value)) {
      add('betterThan', `these data have no baseline ${quote(expect.betterThan)}.`);
    } else if (baseline.heldOut !== true && isOtherLength) {
      add('betterThan', 'the held-out sequences have a length of their own, for which the baseline is not known.');
    }
  }
  return problems;
}

function isAnyHeldOut(source: Pick<Source, 'validation'>): boolean {
  for (const { mask } of source.validation()) if (mask.includes(1)) return true;
  return false;
}
