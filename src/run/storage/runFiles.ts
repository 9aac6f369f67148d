/**
 * Where things lie in a run's folder:
 *
 * - `run.json`: the resolved experiment, what trained it and how it ended;
 * - `records.arrows`: one row per update (see recordEncoder);
 * - `checkpoints/update-N.safetensors`: everything needed to go on after N updates;
 * - `rate-changes.jsonl`: learning rates changed by hand, with the first update of each;
 * - `findings.jsonl`: what stands out in the run, a finding a line, where anything does;
 * - `overview.safetensors`: what the records come to, so that a long run opens at once; made anew where it is missing;
 * - `display-name.txt`: what a person has called the run, where somebody has;
 * - `step-N.safetensors`: a captured update, where one was asked for;
 * - `run.lock`: number, machine and start of the process that holds this folder now, a window's extension host or a
 *   headless run, and on a second line number and start of the trainer's process that writes for it; written again every
 *   ten seconds.
 */
export const runFiles = {
  manifest: 'run.json',
  records: 'records.arrows',
  lock: 'run.lock',
  displayName: 'display-name.txt',
  /** What stands out, a line of JSON each. */
  findings: 'findings.jsonl',
  overview: 'overview.safetensors',
  checkpoints: 'checkpoints',
  checkpoint: (updates: number): string => `checkpoints/update-${updates}.safetensors`,
  /** Learning rates changed by hand, a line of JSON each. */
  rateChanges: 'rate-changes.jsonl',
  capture: (update: number): string => `step-${update}.safetensors`,
} as const;

/** Updates done at the checkpoint that a file name stands for; undefined for other files. */
export function updatesOfCheckpoint(fileName: string): number | undefined {
  const match = /^update-(\d{1,15})\.safetensors$/.exec(fileName);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

const ownNames: ReadonlySet<string> = new Set(
  Object.values(runFiles).flatMap((name) => (typeof name === 'string' && name !== runFiles.checkpoints ? [name] : [])),
);

/**
 * Whether a file is one that a run writes, by its path in the run's folder with `/`; what a write that was cut off has
 * left beside it counts as well.
 */
export function isRunFile(path: string): boolean {
  const written = path.replace(/\.partial$/, '');
  const folder = `${runFiles.checkpoints}/`;
  if (written.startsWith(folder)) return updatesOfCheckpoint(written.slice(folder.length)) !== undefined;
  return ownNames.has(written) || /^step-\d{1,15}\.safetensors$/.test(written);
}

/** Version of the layout above, written into every manifest. */
export const layoutVersion = 1;
