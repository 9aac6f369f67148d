import { extensions, type Uri } from 'vscode';

/** How long (ms) the start of a run waits for Git to look at the files. */
const patience = 2000;

/** The part of the Git extension of VS Code that is used here. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): {
    getRepository(uri: Uri): {
      status(): Promise<void>;
      readonly state: {
        readonly workingTreeChanges: readonly unknown[];
        readonly indexChanges: readonly unknown[];
        readonly mergeChanges: readonly unknown[];
      };
    } | null;
  };
}

/**
 * Whether tracked files of the repository around a file differ from its commit, as the Git extension of VS Code says; null
 * where it doesn't know the repository, as in Restricted Mode, or takes longer than two seconds.
 */
export async function hasGitChanges(uri: Uri): Promise<boolean | null> {
  try {
    const git = extensions.getExtension<GitExtension>('vscode.git');
    const repository = git?.isActive === true && git.exports.enabled ? git.exports.getAPI(1).getRepository(uri) : null;
    if (repository === null) return null;
    // What it knows may be older than the file that was just saved.
    const isUpToDate = await Promise.race([
      repository.status().then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, patience, false)),
    ]);
    const { workingTreeChanges, indexChanges, mergeChanges } = repository.state;
    return isUpToDate ? [workingTreeChanges, indexChanges, mergeChanges].some(({ length }) => length > 0) : null;
  } catch {
    // The Git extension can be disabled at any time.
    return null;
  }
}
