import type { z } from 'zod';
import { quote } from '../../text/quoting';
import type { KeyPath } from '../document/keyPath';
import type { experimentSchema } from '../schema/schema';
import { deletionOf, type UnplacedProblem } from './schemaProblem';
import { english } from '../../text/translate';

type Experiment = Pick<z.output<typeof experimentSchema>, 'data' | 'training' | 'clip' | 'expect'>;

/** The expectations that need held-out data. */
const heldOutKeys = ['validationLoss', 'bestValidationLoss', 'accuracy', 'betterThan'] as const;

/** The expectations about numbers that a run which diverges does not have. */
const endKeys = ['loss', ...heldOutKeys, 'gradientAtStart', 'clipped'] as const;

/**
 * Why some data have no held-out part that is measured, as the end of a sentence; undefined where one is.
 */
function noValidationReason({ data, training }: Experiment): string | undefined {
  if (training.validateEvery === 0) return english`"training.validateEvery" is 0, so that nothing is validated`;
  if ('sequences' in data) return english`inline sequences have no part that is held out`;
  if ('validation' in data && data.validation === 0)
    return english`"data.validation" is 0, so that nothing is held out`;
  return undefined;
}

/**
 * Expectations that no run of the experiment could be judged by: each is a problem at its key.
 *
 * @param lossKind the loss; undefined where only the table tells
 */
export function expectationProblems(
  experiment: Experiment,
  lossKind: 'mse' | 'crossEntropy' | undefined,
): readonly UnplacedProblem[] {
  const { expect, clip } = experiment;
  if (expect === undefined) return [];
  const problems: UnplacedProblem[] = [];
  const unmeasured = noValidationReason(experiment);
  for (const key of heldOutKeys) {
    if (expect[key] === undefined || unmeasured === undefined) continue;
    problems.push(unjudged(key, english`${unmeasured}: hold a part of the data out and validate on it, or`));
  }
  if (expect.accuracy !== undefined && lossKind === 'mse') {
    problems.push(unjudged('accuracy', english`the targets are numbers, and only classes have an accuracy:`));
  }
  if (expect.clipped !== undefined && clip === null) {
    problems.push(unjudged('clipped', english`"clip" is null, so that no gradient is clipped: set "clip", or`));
  }
  if (expect.diverges === true) {
    for (const key of endKeys) {
      if (expect[key] === undefined) continue;
      problems.push(unjudged(key, english`"diverges" is true, and a run that diverges has no such number at its end:`));
    }
  }
  return problems;
}

function unjudged(key: string, reason: string): UnplacedProblem {
  const keyPath: KeyPath = ['expect', key];
  const message = english`The expectation ${quote(key)} can't be judged: ${reason} delete the key (in a variant, write null).`;
  return { code: 'unjudged', message, keyPath, at: 'key', fixes: [deletionOf(keyPath)] };
}
