/** The `code` of the error if the lock of a run's folder was lost: another process may have trained there. */
export const lockLostCode = 'ETAKENOVER';

/** Advice on how to make a run's folder writable again. */
export function storageErrorAdvice(error: unknown, folder: string | null): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `Free some space on the disk of ${folder}.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Make ${folder} writable again.`;
    case 'ENOENT':
      return `${folder}, or a file in it, was deleted or moved. It won't be recreated. Restore it to keep saving this run.`;
    case lockLostCode:
      return "This training can't be saved any more: stop this training. The run in the folder can be resumed once no process trains there.";
    default:
      return `Check ${folder}.`;
  }
}

/** The message if a new run cannot be saved in its folder; it trains unsaved. */
export function formatUnsaved(error: unknown, folder: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  const isFileSystemError = error instanceof Error && 'code' in error;
  const advice = isFileSystemError ? ` ${storageErrorAdvice(error, folder)} Then train again to save it.` : '';
  return `Can't save this run (${reason}). Training continues unsaved.${advice}`;
}
