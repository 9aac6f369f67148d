import type { ResolvedExperiment } from '../experiment/schema';

/**
 * SHA-256 of the file that an experiment's data come from, in hexadecimal, as `sha256sum` prints it; null for data that
 * come from none.
 *
 * @param files the bytes of each file the experiment names, by its path as written
 */
export async function digestOfData(
  experiment: ResolvedExperiment,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string | null> {
  const path = dataFileOf(experiment);
  const bytes = path === undefined ? undefined : files.get(path);
  if (bytes === undefined) return null;
  const digest = await crypto.subtle.digest('SHA-256', ownBytes(bytes));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The very bytes, which may be many, unless they are shared with another thread: those cannot be hashed. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

function dataFileOf({ data }: ResolvedExperiment): string | undefined {
  if ('text' in data) return data.text;
  return 'csv' in data ? data.csv : undefined;
}

/** Whether a run was trained on other data than there are now; one that kept no digest is believed. */
export function isOtherData(recorded: string | null, now: string | null): boolean {
  return recorded !== null && now !== null && recorded !== now;
}
