// `npm run bench:memory [NAME]`: trains shapes of every kind headless, each in its own process, and compares the
// estimate of the process's memory with the peak that the system measures. Exits with code 1 if a ratio
// is outside 0.8 to 1.2, and says how the estimated time to read large data compares with the measured one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { memoryShapes, type MemoryShape } from './memoryShapes';
import { tableShapes } from './tableShapes';

const runner = resolve('dist', 'cli.mjs');
const mebibyte = 1024 * 1024;
const [least, most] = [0.8, 1.2];

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
  /** How long large data were said to take to be read, and how long they took; empty for small data. */
  readonly reading: string;
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
    let announced: number | undefined;
    let seconds = NaN;
    child.stderr.on('data', (part: Buffer) => {
      messages += part.toString();
      if (announced === undefined && messages.startsWith('Reading ')) announced = performance.now();
      if (Number.isNaN(seconds) && messages.includes(' parameters, T = ')) {
        seconds = (performance.now() - (announced ?? NaN)) / 1000;
      }
    });
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0) throw new Error(`Exit code ${String(status)}: ${messages}`);
    const { facts } = JSON.parse(readFileSync(join(folder, 'run', 'run.json'), 'utf8')) as {
      readonly facts: { readonly memoryBytes: number };
    };
    const [, about = ''] = /^Reading .*: about (.*)\.$/m.exec(messages) ?? [];
    const reading = about === '' ? '' : `   reads about ${about}: ${seconds.toFixed(1)} s`;
    return { said: facts.memoryBytes, peak: 1024 * Number(readFileSync(join(folder, 'peak'), 'utf8')), reading };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const wanted = process.argv[2] ?? '';
const shapes = [...memoryShapes, ...tableShapes].filter(({ name }) => name.includes(wanted));
const inMiB = (bytes: number): string => (bytes / mebibyte).toFixed(0).padStart(6);
console.log(`${'shape'.padEnd(60)}  said   peak  ratio   (MiB, Node ${process.versions.node}, ${process.platform})`);
let outside = 0;
for (const shape of shapes) {
  const { said, peak, reading } = await measure(shape);
  const ratio = said / peak;
  const isOutside = ratio < least || ratio > most;
  if (isOutside) outside += 1;
  const remark = isOutside ? `   outside of ${least} to ${most}` : '';
  console.log(`${shape.name.padEnd(58)}${inMiB(said)} ${inMiB(peak)}   ${ratio.toFixed(2)}${remark}${reading}`);
}
if (outside > 0) process.exitCode = 1;
