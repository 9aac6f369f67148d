import { commands as registry, Uri, workspace, type Disposable } from 'vscode';
import { runExperimentScheme } from '../platform/ids';
import { nameOf, readStoredRun, type StoredRun } from '../session/stored/storedRun';
import { plainText } from '../text/plainText';
import { translate } from '../text/translate';

/** Registers the read-only documents that hold the experiment of a run, with every default written out. */
export function registerRunExperiments(): Disposable {
  return workspace.registerTextDocumentContentProvider(runExperimentScheme, {
    provideTextDocumentContent: async (uri) => {
      const run = await readStoredRun(Uri.parse(uri.query));
      return run === undefined
        ? translate`The run is gone.`
        : `${JSON.stringify(run.manifest.experiment, undefined, 2)}\n`;
    },
  });
}

/** Shows the experiments of two runs in VS Code's diff editor. */
export async function compareExperiments(one: StoredRun, other: StoredRun): Promise<void> {
  const title = plainText(`${nameOf(one)} ↔ ${nameOf(other)}`);
  await registry.executeCommand('vscode.diff', documentOf(one), documentOf(other), title);
}

function documentOf(run: StoredRun): Uri {
  return Uri.from({ scheme: runExperimentScheme, path: '/experiment.json', query: run.folder.toString() });
}
