import * as z from 'zod';

const findingSchema = z.object({
  /** Code of its rule. */
  code: z.string().max(64),
  level: z.enum(['error', 'warning', 'hint']),
  /** `start`: found in the experiment alone; `update`: found during training; `end`: about the run as a whole. */
  when: z.enum(['start', 'update', 'end']),
  /** The update at which it was found. */
  update: z.number().int().nonnegative(),
  /** The key of the experiment that causes it or that can change it. */
  keyPath: z.array(z.string().max(64)).max(8),
  /** What was measured, the threshold and its source, and what to do. */
  message: z.string().max(2000),
});

/** A possible problem of a run, with the evidence for it. */
export type Finding = Readonly<z.infer<typeof findingSchema>>;

/** Findings that are read at most: every rule gives one. */
const maxFindings = 200;

/** Maximum size of the file of findings, in bytes. */
export const maxFindingsBytes = 1024 * 1024;

/** Findings as lines of the run's file of findings. */
export function writeFindings(findings: readonly Finding[]): Uint8Array {
  return new TextEncoder().encode(findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''));
}

/** The findings of a file; invalid lines are skipped. */
export function readFindings(bytes: Uint8Array | undefined): readonly Finding[] {
  if (bytes === undefined || bytes.length > maxFindingsBytes) return [];
  const found = new TextDecoder().decode(bytes).split('\n').flatMap(findingIn);
  return found.slice(0, maxFindings);
}

function findingIn(line: string): Finding | [] {
  try {
    return findingSchema.safeParse(JSON.parse(line)).data ?? [];
  } catch {
    return [];
  }
}
