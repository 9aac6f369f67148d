import * as z from 'zod';

const findingSchema = z.object({
  /** Of the rule that found it. */
  code: z.string().max(64),
  level: z.enum(['error', 'warning', 'hint']),
  /** `start`: the experiment alone says so; `update`: seen while it trained; `end`: a verdict on the run as a whole. */
  when: z.enum(['start', 'update', 'end']),
  /** The update at which it was found. */
  update: z.number().int().nonnegative(),
  /** The key of the experiment that causes it, or changes it. */
  keyPath: z.array(z.string().max(64)).max(8),
  /** What was measured, against which threshold of whose, and what to do. */
  message: z.string().max(2000),
});

/** Something about a run that its person should know, with the evidence for it. */
export type Finding = Readonly<z.infer<typeof findingSchema>>;

/** Findings beyond this are not read: every rule speaks once. */
const mostFindings = 200;

/** Bytes of the file of findings at the most. */
export const largestFindings = 1024 * 1024;

/** Findings as lines of the run's file of findings. */
export function writeFindings(findings: readonly Finding[]): Uint8Array {
  return new TextEncoder().encode(findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''));
}

/** The findings of a file; lines that hold none are left out. */
export function readFindings(bytes: Uint8Array | undefined): readonly Finding[] {
  if (bytes === undefined || bytes.length > largestFindings) return [];
  const found = new TextDecoder().decode(bytes).split('\n').flatMap(findingIn);
  return found.slice(0, mostFindings);
}

function findingIn(line: string): Finding | [] {
  try {
    return findingSchema.safeParse(JSON.parse(line)).data ?? [];
  } catch {
    return [];
  }
}
