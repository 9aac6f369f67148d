// `npm run bench:memory [NAME]`: trains shapes of every kind headless, each in its own process, and compares the
// estimate of the process's memory with the peak that the system measures. Exits with code 1 if a ratio
// is outside 0.75 to 1.25.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { memoryShapes, type MemoryShape } from './memoryShapes';

const runner = resolve('dist', 'cli.mjs');
const mebibyte = 1024 * 1024;
const [least, most] = [0.75, 1.25];

/** Runs in the trained process when it ends: the peak in KiB, as all systems report it. */
const tellsPeak = (file: string): string => `
  import { readFileSync, writeFileSync } from 'node:fs';
  process.on('exit', () => {
    const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
    const peak = /VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
    writeFileSync(${JSON.stringify(file)}, String(peak));
  });
`;

interface Measured {
  /** Bytes. */
  readonly said: number;
  readonly peak: number;
}

async function measure({ experiment, file, workers = 1 }: MemoryShape): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-memory-'));
  try {
    file?.write(join(folder, file.name));
    writeFileSync(join(folder, 'x.rnn.json'), JSON.stringify(experiment));
    writeFileSync(join(folder, 'peak.mjs'), tellsPeak(join(folder, 'peak')));
    const words = [join(folder, 'x.rnn.json'), '--out', join(folder, 'run'), '--workers', String(workers)];
    const hook = pathToFileURL(join(folder, 'peak.mjs')).href;
    const child = spawn(process.execPath, ['--import', hook, runner, ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let messages = '';
    child.stderr.on('data', (part: Buffer) => (messages += part.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0) throw new Error(`Exit code ${String(status)}: ${messages}`);
    const { facts } = JSON.parse(readFileSync(join(folder, 'run', 'run.json'), 'utf8')) as {
      readonly facts: { readonly memoryBytes: number };
    };
    return { said: facts.memoryBytes, peak: 1024 * Number(readFileSync(join(folder, 'peak'), 'utf8')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const wanted = process.argv[2] ?? '';
const shapes = memoryShapes.filter(({ name }) => name.includes(wanted));
const inMiB = (bytes: number): string => (bytes / mebibyte).toFixed(0).padStart(6);
console.log(`${'shape'.padEnd(44)}  said   peak  ratio   (MiB, Node ${process.versions.node}, ${process.platform})`);
let outside = 0;
for (const shape of shapes) {
  const { said, peak } = await measure(shape);
  const ratio = said / peak;
  const isOutside = ratio < least || ratio > most;
  if (isOutside) outside += 1;
  const remark = isOutside ? `   outside of ${least} to ${most}` : '';
  console.log(`${shape.name.padEnd(42)}${inMiB(said)} ${inMiB(peak)}   ${ratio.toFixed(2)}${remark}`);
}
if (outside > 0) process.exitCode = 1;
