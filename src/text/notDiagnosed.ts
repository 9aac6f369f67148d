import { translate } from './translate';

/**
 * Why the rules were not applied to a run of another program, as a sentence; undefined where they were.
 *
 * @param facts of the run: whether it is of a log, or why it has no gradient
 */
export function whyNotDiagnosed({
  imported,
  noGradient,
  recordedBy = 'a log',
}: {
  readonly imported?: unknown;
  readonly noGradient?: string | undefined;
  readonly recordedBy?: string | undefined;
}): string | undefined {
  if (imported !== undefined)
    return translate`Not diagnosed: the rules need a net and its gradients, and ${recordedBy} has none.`;
  return noGradient === undefined ? undefined : translate`Not diagnosed: the rules need gradients, and ${noGradient}.`;
}
