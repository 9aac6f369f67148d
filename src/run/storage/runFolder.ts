/** Default folder of runs, next to the experiment. */
export const defaultRunsFolder = 'unroll-runs';

/**
 * The folder of a new run: named after the experiment, its variant, its seed and the time of its start, so that names sort
 * by time.
 *
 * @param experimentPath path of the experiment file, with / or \ between folders
 * @param runs path of the folder of runs; by default next to the experiment
 * @param seed of a run that is one of a group of seeds
 */
export function newRunFolder(
  experimentPath: string,
  variant: string | undefined,
  now: Date,
  runs?: string,
  seed?: number,
): string {
  const cut = Math.max(experimentPath.lastIndexOf('/'), experimentPath.lastIndexOf('\\'));
  const stem = experimentPath.slice(cut + 1).replace(/\.rnn\.json$/i, '');
  const timestamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-').replace('Z', '');
  const nameParts = [
    ...[stem, ...(variant === undefined ? [] : [variant])].map(asFileName),
    ...(seed === undefined ? [] : [seedFolder(seed)]),
  ];
  return `${runs ?? `${experimentPath.slice(0, cut + 1)}${defaultRunsFolder}`}/${nameParts.join('--')}--${timestamp}`;
}

/** File systems allow names of 255 bytes; the experiment, its variant and the time share them. */
const maxNameBytes = 100;

/** A name that is valid in any file system: the letters and digits of a text, with dashes. */
function asFileName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return truncateToBytes(plain, maxNameBytes) || 'run';
}

/** The longest prefix of a text that fits in `bytes` bytes of UTF-8. */
function truncateToBytes(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
}

/** The name of a seed in the names of folders. */
export function seedFolder(seed: number): string {
  return `seed-${seed}`;
}
