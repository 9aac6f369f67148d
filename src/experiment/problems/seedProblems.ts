import { isObject } from '../document/document';
import type { UnplacedProblem } from './schemaProblem';
import { english } from '../../text/translate';

/**
 * The problem of an experiment that writes both `seed` and `seeds`: which runs are meant is not clear. Only the written
 * value tells, because `seed` has a default.
 */
export function seedProblems(value: unknown): readonly UnplacedProblem[] {
  if (!isObject(value) || !Object.hasOwn(value, 'seed') || !Object.hasOwn(value, 'seeds')) return [];
  const message = english`There are both "seed" and "seeds", but only one of them is allowed: "seeds" trains a run with each of its seeds, "seed" trains one run. Delete the other.`;
  const fixes = (['seeds', 'seed'] as const).map((kept) => ({
    title: english`Keep only "${kept}"`,
    changes: [{ kind: 'remove' as const, keyPath: [kept === 'seed' ? 'seeds' : 'seed'] }],
  }));
  return [{ code: 'inconsistent', message, keyPath: ['seed'], at: 'key', fixes }];
}
