import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/** An event file of a log. */
export interface EventFile {
  readonly path: string;
  /** Its folder within the log, with `/`, such as `train`; '' for the log's own. */
  readonly part: string;
}

/** Folders that hold a part of a run each, as Keras and others name them. */
const partName = /^(?:train|training|val|valid|validation|eval|evaluation|test)$/i;

/** How deep folders are searched, and how many entries they may have in all. */
const [maxDepth, maxEntries] = [6, 20_000];

/** Whether a file is one that TensorBoard reads, by its name. */
export function isEventFileName(name: string): boolean {
  return name.includes('tfevents');
}

/**
 * The event files of one run, in the order in which they were written: a file, or those of a folder and its folders.
 *
 * @throws where there are none, and where they are of several runs
 */
export async function eventFilesOf(path: string): Promise<readonly EventFile[]> {
  const runs = await loggedRuns(path);
  const [only, ...more] = [...runs];
  if (only === undefined) throw new Error(`There is no event file of TensorBoard (*tfevents*) in ${path}.`);
  if (more.length === 0) return only[1];
  const listed = [...runs.keys()].slice(0, 10).map((run) => basename(run));
  const others = runs.size > listed.length ? ` and ${runs.size - listed.length} more` : '';
  throw new Error(`${path} has the logs of ${runs.size} runs: ${listed.join(', ')}${others}. Import one at a time.`);
}

/**
 * The event files at a path by the folder of the run that they belong to. All files of a folder that has one itself are of
 * one run, and so are those of its parts, such as `train` and `validation`.
 */
export async function loggedRuns(path: string): Promise<ReadonlyMap<string, readonly EventFile[]>> {
  if (!(await stat(path)).isDirectory()) return new Map([[path, [{ path, part: '' }]]]);
  const files = (await filesIn(path)).toSorted();
  const isOneRun = files.some((file) => dirname(file) === path);
  const runs = new Map<string, EventFile[]>();
  for (const file of files) {
    const folder = dirname(file);
    const run = isOneRun ? path : partName.test(basename(folder)) && folder !== path ? dirname(folder) : folder;
    const part = relative(run, folder).split(sep).join('/');
    runs.set(run, [...(runs.get(run) ?? []), { path: file, part }]);
  }
  return runs;
}

async function filesIn(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  let entries = 0;
  const search = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      entries += 1;
      if (entries > maxEntries)
        throw new Error(`${root} has more than ${maxEntries} files. Choose the folder of one run.`);
      const path = join(folder, entry.name);
      if (entry.isFile() && isEventFileName(entry.name)) found.push(path);
      else if (entry.isDirectory() && depth < maxDepth) await search(path, depth + 1);
    }
  };
  await search(root, 0);
  return found;
}
