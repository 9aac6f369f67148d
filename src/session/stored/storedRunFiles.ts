import type { Uri } from 'vscode';
import type { FileContent } from '../../data/files/fileContent';
import { computeDataDigest, hasDataChanged } from '../../data/files/dataDigest';
import { readFiles } from '../../data/files/fileReading';
import { filesOf } from '../../data/source';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { accessIn } from '../dataAccess';
import { english } from '../../text/translate';

/**
 * Reads the files that a stored run was trained on.
 *
 * @param base the folder that the experiment's paths are relative to
 * @param recorded the digest of its data in the manifest; null if it has none
 * @throws with a message that names the file to restore, when a file is missing or the data have changed
 */
export async function readStoredRunFiles(
  experiment: ResolvedExperiment,
  base: Uri,
  recorded: string | null,
): Promise<ReadonlyMap<string, FileContent>> {
  const access = accessIn(base);
  const named = filesOf(experiment);
  for (const { path } of named) {
    if ((await access.locate(path)).kind === 'missing') {
      throw new Error(english`"${path}" is no longer in ${base.fsPath}, where this run read it. Restore it there.`);
    }
  }
  const read = await readFiles(experiment, access);
  if (read.kind === 'refused') throw new Error(read.problems[0]?.message ?? english`The data can't be read.`);
  if (hasDataChanged(recorded, await computeDataDigest(experiment, read.files))) {
    throw new Error(
      english`"${named[0]?.path ?? ''}" in ${base.fsPath} has changed since this run started. With other data its numbers would differ. Restore the earlier file, or start a new run.`,
    );
  }
  return read.files;
}
