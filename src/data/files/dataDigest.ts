import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { FileContent } from './fileContent';

/**
 * SHA-256 of an experiment's data file, in hexadecimal, as `sha256sum` prints it; null for data without a file.
 *
 * @param files the content of each file the experiment names, by its path as written
 */
export async function computeDataDigest(
  experiment: ResolvedExperiment,
  files: ReadonlyMap<string, FileContent>,
): Promise<string | null> {
  const path = dataFileOf(experiment);
  const bytes = path === undefined ? undefined : files.get(path);
  if (bytes === undefined) return null;
  if (!(bytes instanceof Uint8Array)) return bytes.digest();
  const digest = await crypto.subtle.digest('SHA-256', unsharedBytes(bytes));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes, copied only if their buffer is shared between threads: `digest` does not accept a SharedArrayBuffer. */
function unsharedBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

function dataFileOf({ data }: ResolvedExperiment): string | undefined {
  if ('text' in data) return data.text;
  return 'csv' in data ? data.csv : undefined;
}

/** Whether the data have changed since a run was trained; false where either has no digest. */
export function hasDataChanged(recorded: string | null, now: string | null): boolean {
  return recorded !== null && now !== null && recorded !== now;
}
