/**
 * The files of a run's folder:
 *
 * - `run.json`: the resolved experiment, what trained it and how it ended;
 * - `records.arrows`: one row per update (see recordEncoder);
 * - `checkpoints/update-N.safetensors`: everything needed to resume after N updates;
 * - `checkpoints/best.safetensors`: the same at the lowest validation loss so far, if validation is measured;
 * - `rate-changes.jsonl`: changes of the learning rate, by the user or a plateau schedule, with the first update of each;
 * - `findings.jsonl`: the findings of the diagnosis, one per line, if there are any;
 * - `overview.safetensors`: a summary of the records, so that a long run opens at once; recreated if it is missing;
 * - `display-name.txt`: the name that the user gave the run, if any;
 * - `annotations.json`: the tags and the note that the user gave the run, and whether lists hide it, if any;
 * - `step-N.safetensors`: a captured update, on request;
 * - `run.lock`: id, machine and start of the process that holds the lock, a window's extension host or a headless run,
 *   and on a second line id and start of the trainer process that writes for it; rewritten every ten seconds;
 * - `run.lock.taking`: an empty folder, while a process takes over the lock of one that has ended.
 */
export const runFiles = {
  manifest: 'run.json',
  records: 'records.arrows',
  lock: 'run.lock',
  lockTakeover: 'run.lock.taking',
  displayName: 'display-name.txt',
  annotations: 'annotations.json',
  /** Findings, one JSON object per line. */
  findings: 'findings.jsonl',
  overview: 'overview.safetensors',
  checkpoints: 'checkpoints',
  bestCheckpoint: 'checkpoints/best.safetensors',
  checkpoint: (updates: number): string => `checkpoints/update-${updates}.safetensors`,
  /** Changes of the learning rate, one JSON object per line. */
  rateChanges: 'rate-changes.jsonl',
  capture: (update: number): string => `step-${update}.safetensors`,
} as const;

/** Number of updates of a checkpoint, from its file name; undefined for other files. */
export function updatesOfCheckpoint(fileName: string): number | undefined {
  const match = /^update-(\d{1,15})\.safetensors$/.exec(fileName);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** The update of a capture, from its file name; undefined for other files. */
export function updateOfCapture(fileName: string): number | undefined {
  const match = /^step-(\d{1,15})\.safetensors$/.exec(fileName);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** The entries of a run's folder that are folders. */
export const runFolders: readonly string[] = [runFiles.lockTakeover, runFiles.checkpoints];

const fileNames: ReadonlySet<string> = new Set(
  Object.values(runFiles).flatMap((name) => (typeof name === 'string' && !runFolders.includes(name) ? [name] : [])),
);

/**
 * Whether a path in the run's folder, with `/`, is that of a file of a run; the partial file of an interrupted write counts
 * as well.
 */
export function isRunFile(path: string): boolean {
  const written = path.replace(/\.partial$/, '');
  const folder = `${runFiles.checkpoints}/`;
  if (written === runFiles.bestCheckpoint) return true;
  if (written.startsWith(folder)) return updatesOfCheckpoint(written.slice(folder.length)) !== undefined;
  return fileNames.has(written) || updateOfCapture(written) !== undefined;
}

/** Version of these files, written into every manifest. */
export const layoutVersion = 1;
