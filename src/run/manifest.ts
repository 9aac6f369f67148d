import * as z from 'zod';
import { factsSchema } from './facts';
import { layoutVersion } from './layout';

const manifestSchema = z.object({
  format: z.literal('unroll-run'),
  version: z.literal(layoutVersion),
  /** The experiment with every default written out. */
  experiment: z.record(z.string(), z.unknown()),
  variant: z.string().nullable(),
  kernels: z.string(),
  state: z.enum(['running', 'paused', 'finished', 'stopped', 'diverged', 'failed', 'interrupted']),
  updates: z.number().int().nonnegative(),
  /** ISO 8601. */
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  message: z.string().nullable(),
  /** What the panel shows beside the run. */
  facts: factsSchema,
});

/** `run.json`: what a run is and how it ended. */
export type Manifest = z.infer<typeof manifestSchema>;

/** The bytes of a manifest: JSON that a person can read. */
export function writeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Reads a manifest; undefined when the bytes hold none of this version. */
export function readManifest(bytes: Uint8Array): Manifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}
