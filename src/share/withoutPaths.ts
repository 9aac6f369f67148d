import type { RunInfo, RunStatus } from '../protocol/run';

/** The last part of a folder's path on any system: the rest is nobody else's business. */
export function folderName(folder: string | null): string {
  return (folder ?? '').split(/[\\/]/).at(-1) || 'run';
}

/** What a run knows of itself, without the paths of this machine. */
export function withoutPaths({ info, status }: { readonly info: RunInfo; readonly status: RunStatus }): {
  readonly info: RunInfo;
  readonly status: RunStatus;
} {
  const { beforeFix: _, ...shown } = status;
  return { info: { ...info, folder: folderName(info.folder) }, status: shown };
}
