/** The folder beside an experiment that its runs are kept in, unless a setting moves it. */
export const folderOfRuns = 'unroll-runs';

/**
 * A new run's folder: named after the experiment and the moment it begins, so that names sort by time.
 *
 * @param experimentPath path of the experiment file, with / or \ between folders
 * @param runs path of the folder that holds the runs; by default one beside the experiment
 */
export function newRunFolder(experimentPath: string, variant: string | undefined, now: Date, runs?: string): string {
  const cut = Math.max(experimentPath.lastIndexOf('/'), experimentPath.lastIndexOf('\\'));
  const stem = experimentPath.slice(cut + 1).replace(/\.rnn\.json$/i, '');
  const moment = now.toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-').replace('Z', '');
  const words = [stem, ...(variant === undefined ? [] : [variant])].map(asFileName);
  return `${runs ?? `${experimentPath.slice(0, cut + 1)}${folderOfRuns}`}/${words.join('--')}--${moment}`;
}

/** File systems take names of 255 bytes; the experiment, its variant and the moment share them. */
const longestName = 100;

/** What any file system takes as a name: the letters, digits and dashes of a text. */
function asFileName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return beginning(plain, longestName) || 'run';
}

/** As many whole characters of a text as fit into so many bytes of UTF-8. */
function beginning(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
}
