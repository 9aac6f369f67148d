import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The readers of the files of a folder: see peak.command.ts. */
export type HostileReader =
  'tensors' | 'weights' | 'checkpoint' | 'records' | 'history' | 'added' | 'detail' | 'manifest';

/** The result of a reader. */
export interface Peak {
  /** `read`, the reason of its error, or how its process ended. */
  readonly outcome: string;
  /** Increase of its peak resident memory in MiB while it read. */
  readonly grown: number;
}

/** MiB beyond which a reader is killed, to protect the machine that runs the tests. */
const mostMiB = 1200;

/** The peak of this process's resident memory, in bytes. */
export function peakMemory(): number {
  return sizeIn('self', 'VmHWM') ?? process.resourceUsage().maxRSS * 1024;
}

/** Reads the files of a folder in its own process. */
export async function peakOf(reader: HostileReader, folder: string): Promise<Peak> {
  const child = spawn(process.execPath, [resolve('dist/test/unit/fuzz/peak.command.mjs'), reader, folder]);
  let told = '';
  let grown = 0;
  child.stdout.on('data', (data: Buffer) => {
    told += data.toString();
  });
  const watch = setInterval(() => {
    grown = (sizeIn(String(child.pid), 'VmRSS') ?? 0) / 1024 ** 2;
    if (grown > mostMiB) child.kill('SIGKILL');
  }, 10);
  const [code, signal] = await new Promise<[number | null, string | null]>((done) => {
    child.on('close', (...ending) => {
      done(ending);
    });
  });
  clearInterval(watch);
  return code === 0 ? (JSON.parse(told) as Peak) : { outcome: `ended by ${signal ?? String(code)}`, grown };
}

function sizeIn(pid: string, what: 'VmHWM' | 'VmRSS'): number | undefined {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return undefined;
  const line = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(path, 'utf8'));
  return line?.[1] === undefined ? undefined : Number(line[1]) * 1024;
}
