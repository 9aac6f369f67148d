import type { Uri } from 'vscode';
import { computeDataDigest, hasDataChanged } from '../data/dataDigest';
import { readFiles } from '../data/fileReading';
import { filesOf } from '../data/source';
import type { ResolvedExperiment } from '../experiment/schema';
import { accessIn } from './dataAccess';

/**
 * Reads the files that a kept run was trained on.
 *
 * @param base the folder that the experiment's paths are relative to
 * @param recorded the digest of its data that the run has kept; null where it has none
 * @throws saying what to put back where, when a file is gone or the data are not those it was trained on
 */
export async function readStoredRunFiles(
  experiment: ResolvedExperiment,
  base: Uri,
  recorded: string | null,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const access = accessIn(base);
  const named = filesOf(experiment);
  for (const { path } of named) {
    if ((await access.locate(path)).kind === 'missing') {
      throw new Error(`"${path}" is no longer in ${base.fsPath}, where this run read it. Restore it there.`);
    }
  }
  const read = await readFiles(experiment, access);
  if (read.kind === 'refused') throw new Error(read.problems[0]?.message ?? "The data can't be read.");
  if (hasDataChanged(recorded, await computeDataDigest(experiment, read.files))) {
    throw new Error(
      `"${named[0]?.path ?? ''}" in ${base.fsPath} has changed since this run began, and with other data its numbers ` +
        'would be others. Put the earlier file back, or train anew.',
    );
  }
  return read.files;
}
