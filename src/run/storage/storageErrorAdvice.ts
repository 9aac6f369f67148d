/** The `code` of an error where another process may have trained in a run's folder. */
export const takenOverCode = 'ETAKENOVER';

/** What a person can do so that a run's folder can be written again. */
export function storageErrorAdvice(error: unknown, folder: string | null): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `Make room on the disk of ${folder}.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Allow writing in ${folder} again.`;
    case 'ENOENT':
      return `${folder}, or a file in it, was deleted or moved: it is not made anew, so put it back to have the run kept.`;
    case takenOverCode:
      return 'That does not come back: stop this training. The run in the folder can be resumed once nobody trains there.';
    default:
      return `Look at ${folder}.`;
  }
}

/** Said where a run cannot be begun in its folder; it trains all the same. */
export function formatUnsaved(error: unknown, folder: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  const isOfCarrier = error instanceof Error && 'code' in error;
  const advice = isOfCarrier ? ` ${storageErrorAdvice(error, folder)} Then train anew to have it kept.` : '';
  return `The run's records cannot be kept: ${reason}. It trains without them.${advice}`;
}
