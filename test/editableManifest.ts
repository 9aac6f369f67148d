import { readFileSync } from 'node:fs';
import { checksumKey } from '../src/run/storage/checksum';

/** What stands in a run's manifest, to be changed and written again: without the checksum, as after an edit by hand. */
export function editableManifest(path: string): Record<string, unknown> {
  const { [checksumKey]: _, ...manifest } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  return manifest;
}
