import type { KeyPath, KeyProblem } from '../experiment/problems/problem';
import type { ResolvedExperiment } from '../experiment/schema/schema';
import { weightsKeyOf } from '../experiment/weightsKey';
import { openCsv } from './table/csvSource';
import type { FileContent } from './files/fileContent';
import { openSequences } from './sequenceSource';
import type { OpenedSource } from './sourceContract';
import { openTask } from './taskSource';
import { openText } from './textSource';
import { quote } from '../text/quoting';

export type { OpenedSource, Source } from './sourceContract';

/** A file that an experiment names. */
export interface NamedFile {
  /** Where the experiment names it. */
  readonly keyPath: KeyPath;
  /** The path as written, relative to the experiment file. */
  readonly path: string;
  readonly role: 'text' | 'csv' | 'weights';
}

/** The files that an experiment needs to run. */
export function filesOf({ data, model }: ResolvedExperiment): readonly NamedFile[] {
  const files: NamedFile[] = [];
  if ('text' in data) files.push({ keyPath: ['data', 'text'], path: data.text, role: 'text' });
  if ('csv' in data) files.push({ keyPath: ['data', 'csv'], path: data.csv, role: 'csv' });
  const weights = weightsKeyOf(model);
  if (weights !== undefined) files.push({ keyPath: weights.keyPath, path: weights.path, role: 'weights' });
  return files;
}

/**
 * Opens an experiment's data at the start. `files` has the content of each file by its path as written. Problems are found
 * before anything large is allocated.
 *
 * @param maxBytes memory that the data may use
 */
export function openSource(
  experiment: ResolvedExperiment,
  files: ReadonlyMap<string, FileContent>,
  maxBytes = Infinity,
): OpenedSource {
  const { data } = experiment;
  if ('task' in data) return openTask(experiment, data);
  if ('sequences' in data) return openSequences(experiment, data);
  const [path, keyPath] = 'text' in data ? [data.text, ['data', 'text']] : [data.csv, ['data', 'csv']];
  const bytes = files.get(path);
  if (!bytes)
    return refused({
      code: 'file.missing',
      message: `File ${quote(path)} could not be read. Write the path of a file that exists.`,
      keyPath,
    });
  return 'text' in data ? openText(experiment, data, bytes, maxBytes) : openCsv(experiment, data, bytes, maxBytes);
}

function refused(problem: KeyProblem): OpenedSource {
  return { kind: 'refused', problems: [problem] };
}
