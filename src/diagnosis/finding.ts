import * as z from 'zod/mini';
import { remedySchema } from './remedy';
import { formatDamagedLines, readCheckedLines, writeCheckedLines, type DamagedLine } from '../run/storage/checkedLines';
import { english } from '../text/translate';

/** The levels of findings, the most severe first. */
export const levels = ['error', 'warning', 'hint'] as const;

const findingSchema = z.object({
  /** Code of the rule. */
  code: z.string().check(z.maxLength(64)),
  level: z.enum(levels),
  /** `start`: found in the experiment alone; `update`: found during training; `end`: about the run as a whole. */
  when: z.enum(['start', 'update', 'end']),
  /** The update at which it was found. */
  update: z.int().check(z.nonnegative()),
  /** The key of the experiment that causes the problem or that can solve it. */
  keyPath: z.array(z.string().check(z.maxLength(64))).check(z.maxLength(8)),
  /** What was measured, the threshold and its source, and what to do. */
  message: z.string().check(z.maxLength(2000)),
  /** Changes that may solve it, the most likely first; each on its own. Absent where none is known. */
  remedies: z.optional(z.array(remedySchema).check(z.maxLength(4))),
  /** The update at which the run was at its best, of a run that fell back. */
  bestUpdate: z.optional(z.int().check(z.nonnegative())),
});

/** A possible problem of a run, with the evidence for it. */
export type Finding = Readonly<z.infer<typeof findingSchema>>;

/** Maximum number of findings that are read: every rule gives at most one. */
const maxFindings = 200;

/** Maximum size of the file of findings, in bytes. */
export const maxFindingsBytes = 1024 * 1024;

/** The content of a file of findings. */
export interface FindingsRead {
  readonly findings: readonly Finding[];
  /** Lines that are damaged or truncated. */
  readonly damaged: readonly DamagedLine[];
}

/** Findings as lines of the run's file of findings, each with a checksum of its other keys as JSON without spaces. */
export function writeFindings(findings: readonly Finding[]): Uint8Array {
  return new TextEncoder().encode(writeCheckedLines(findings));
}

/** Reads a file of findings, which must not exceed `maxFindingsBytes`; damaged lines are reported in `damaged`. */
export function readFindings(bytes: Uint8Array | undefined): FindingsRead {
  const { values, damaged } = readCheckedLines(bytes, (keys) => findingSchema.safeParse(keys).data);
  return { findings: values.slice(0, maxFindings), damaged };
}

/** The message about damaged lines in a run's file of findings; undefined if there are none. */
export function formatDamagedFindings(path: string, damaged: readonly DamagedLine[]): string | undefined {
  return formatDamagedLines(path, damaged, english`a finding is lost`);
}
