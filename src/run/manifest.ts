import * as z from 'zod/mini';
import { quote, quoteAll } from '../text/quoting';
import { cellNames } from '../experiment/schema/cellNames';
import { checksumKey, textChecksum } from './storage/checksum';
import { endReasonSchema } from './endReason';
import { gitStateSchema } from './gitState';
import { runInfoSchema } from './runInfo';
import { layoutVersion, runFiles } from './storage/runFiles';
import type { RunStorage } from './storage/storage';
import { english } from '../text/translate';

const locationSchema = z.object({
  update: z.int().check(z.nonnegative()),
  pass: z.enum(['forward', 'loss', 'backward', 'update']),
  tensor: z.string(),
  layer: z.optional(z.int()),
  t: z.optional(z.int()),
  row: z.optional(z.int()),
  value: z.string(),
  /** The update from which on the loss had left its first size; absent where it came suddenly, and in earlier versions. */
  began: z.optional(z.int().check(z.nonnegative())),
});

/** Where the first value that was not finite appeared; as the engine's `NonFinite`. */
export type NonFiniteLocation = Readonly<z.infer<typeof locationSchema>>;

const manifestSchema = z.object({
  format: z.literal('unroll-run'),
  version: z.literal(layoutVersion),
  /** The experiment with every default written out. */
  experiment: z.record(z.string(), z.unknown()),
  variant: z.nullable(z.string()),
  /** The experiment file, relative to the run's folder and with `/`; it may have been deleted or changed since. */
  source: z._default(z.nullable(z.string()), null),
  /** The Git commit of the experiment file when the run started; null outside a repository, and in earlier versions. */
  git: z._default(z.nullable(gitStateSchema), null),
  /** The kernel set that computed the first update; `facts` has its changes. */
  kernels: z.string(),
  state: z.enum(['running', 'paused', 'finished', 'stopped', 'diverged', 'failed', 'interrupted']),
  /** Why a run finished; null for other states, and in runs of earlier versions. */
  reason: z._default(z.nullable(endReasonSchema), null),
  updates: z.int().check(z.nonnegative()),
  /** ISO 8601. */
  startedAt: z.string(),
  endedAt: z.nullable(z.string()),
  /** Of training, without pauses. */
  seconds: z._default(z.number().check(z.nonnegative()), 0),
  /** Of the last update; null before the first. */
  loss: z._default(z.nullable(z.number()), null),
  validationLoss: z._default(z.nullable(z.number()), null),
  message: z.nullable(z.string()),
  /** Of a diverged run. The checkpoint of that update has the state before it, and its batch. */
  nonFinite: z._default(z.nullable(locationSchema), null),
  /** The explanation that the panel shows with the state of the run. */
  facts: runInfoSchema,
});

/** `run.json`: the experiment of a run, how it was trained and how it ended. */
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * The bytes of a manifest: indented JSON, with a checksum of the other keys as JSON without spaces. To edit the file,
 * remove the checksum.
 */
export function writeManifest(manifest: Manifest): Uint8Array {
  const withChecksum = { ...manifest, [checksumKey]: textChecksum(JSON.stringify(manifest)) };
  return new TextEncoder().encode(`${JSON.stringify(withChecksum, undefined, 2)}\n`);
}

/** Maximum size of a manifest, in bytes: it contains an experiment, which has at most 1 MiB. */
export const maxManifestBytes = 8 * 1024 * 1024;

/** Reads a manifest; undefined if the bytes are not a manifest of this version, or do not match its checksum. */
export function readManifest(bytes: Uint8Array): Manifest | undefined {
  const json = parseJson(bytes);
  return json === undefined || isDamaged(json) ? undefined : manifestSchema.safeParse(json).data;
}

/**
 * The manifest in a run's folder.
 *
 * @param advice what to do where it can't be read, as one or more sentences
 * @throws with why it can't be read
 */
export async function manifestIn(storage: Pick<RunStorage, 'read'>, advice = ''): Promise<Manifest> {
  const bytes = await storage.read(runFiles.manifest, maxManifestBytes);
  const manifest = bytes && readManifest(bytes);
  if (manifest !== undefined) return manifest;
  const why = bytes === undefined ? english`It is missing.` : unreadableReason(bytes);
  throw new Error(english`The ${runFiles.manifest} of this run can't be read. ${why} ${advice}`.trimEnd());
}

/** Why `readManifest` returns undefined for these bytes, as a sentence. */
export function unreadableReason(bytes: Uint8Array): string {
  const json = parseJson(bytes);
  if (json === undefined) return english`It is damaged: it is not valid JSON.`;
  if (!isDamaged(json)) return unknownCell(json) ?? english`It holds no run of this version.`;
  return english`It is damaged: it does not match its checksum. If it was edited, remove "${checksumKey}" from it.`;
}

function unknownCell(json: unknown): string | undefined {
  const named = z.object({ facts: z.object({ cell: z.string() }) }).safeParse(json).data?.facts.cell;
  if (named === undefined || cellNames.some((known) => known === named)) return undefined;
  return english`Its recurrent cell is ${quote(named)}, which this version doesn't know; it knows ${quoteAll(cellNames)}.`;
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > maxManifestBytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function isDamaged(json: unknown): boolean {
  if (typeof json !== 'object' || json === null || !(checksumKey in json)) return false;
  const { [checksumKey]: checksum, ...manifest } = json;
  return checksum !== textChecksum(JSON.stringify(manifest));
}
