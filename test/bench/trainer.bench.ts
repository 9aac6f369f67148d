// `npm run bench:trainer [-- --baseline FOLDER] [PART …]`: the cost of training in a process outside the extension
// host, measured in the real workbench. With a baseline, the folder of another build of the extension, both are measured
// in turns. Parts are speed, start, inspect and memory; with none named all are measured. Linux only: it reads /proc.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runCommand } from '../../scripts/cleanup';
import { linkedRepository, scratchFolder, scratchWorkspace } from '../../scripts/scratch';
import { sharedLab } from '../ui/lab';
import { Workbench } from '../ui/workbench';
import { extensionHost } from './panel/memory';
import { firstPicture, pressedAt, watchRedrawing } from './panel/page';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { baseline: { type: 'string' } } });
const wants = (part: string): boolean => positionals.length === 0 || positionals.includes(part);
const turns = 3;
const secondsMeasured = 8;
const mebibyte = 1024 ** 2;

/** The sizes W4 and W2 of the engine's benchmark, a larger net to inspect, and a small one that trains forever. */
const experiments = {
  'w4.rnn.json': {
    data: { task: 'adding', length: 50 },
    model: { cell: 'rnn', hidden: 16 },
    training: { steps: 10_000_000, batch: 16 },
  },
  'w2.rnn.json': {
    data: { text: 'sonnets.txt', length: 64 },
    model: { cell: 'lstm', hidden: 128 },
    training: { steps: 10_000_000, batch: 32 },
  },
  'inspected.rnn.json': {
    data: { text: 'sonnets.txt', length: 64 },
    model: { cell: 'lstm', hidden: 128 },
    clip: { norm: 1 },
    training: { steps: 100, batch: 32 },
  },
  'million.rnn.json': {
    data: { task: 'adding', length: 12 },
    model: { cell: 'rnn', hidden: 4 },
    training: { steps: 100_000_000, batch: 2, checkpointEvery: 50_000 },
    record: { every: 10 },
  },
} as const;

type Figures = Record<string, number[]>;

/** A measured build of the extension, and its results. */
interface Subject {
  readonly name: string;
  readonly sources: string;
  readonly figures: Figures;
}

function workspace(): string {
  const folder = scratchWorkspace(resolve('media', 'samples'));
  mkdirSync(join(folder, 'unroll-runs'), { recursive: true });
  for (const [name, experiment] of Object.entries(experiments)) {
    writeFileSync(join(folder, name), JSON.stringify(experiment));
  }
  return folder;
}

async function opened(subject: Subject): Promise<Workbench> {
  return Workbench.open({
    folder: workspace(),
    width: 1280,
    height: 800,
    settings: { 'unroll.workers': 1 },
    lab: { ...(await sharedLab()), sources: subject.sources },
  });
}

function note(subject: Subject, figure: string, value: number): void {
  (subject.figures[figure] ??= []).push(value);
}

/** The number of updates in a panel. */
async function updatesShown(workbench: Workbench): Promise<number> {
  const text = await workbench
    .webviewFrame()
    .getByText(/training [\d,]+ \//)
    .first()
    .innerText();
  return Number(/training ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', ''));
}

/** Seconds of processor time of the main thread of a process; see proc(5), a tick is a hundredth of a second. */
function mainThreadSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function resident(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

async function measureSpeed(subject: Subject, file: 'w4.rnn.json' | 'w2.rnn.json'): Promise<void> {
  const { server } = await sharedLab();
  const workbench = await opened(subject);
  await workbench.openFile(file);
  await workbench.codeLens('Train').click();
  await workbench
    .webviewFrame()
    .getByText(/training [\d,]{2,} \//)
    .first()
    .waitFor();
  await sleep(3000);
  const host = extensionHost(server.group);
  const [updates, seconds, began] = [await updatesShown(workbench), mainThreadSeconds(host), performance.now()];
  await sleep(secondsMeasured * 1000);
  const elapsed = (performance.now() - began) / 1000;
  const name = file.slice(0, 2).toUpperCase();
  note(subject, `${name}: updates a second, panel open`, ((await updatesShown(workbench)) - updates) / elapsed);
  note(
    subject,
    `${name}: main thread of the extension host, % of a core`,
    (100 * (mainThreadSeconds(host) - seconds)) / elapsed,
  );
  await workbench.close();
}

/** From the press until the heatmap shows its first column, in an idle window. */
async function measureStart(subject: Subject): Promise<void> {
  const workbench = await opened(subject);
  await workbench.openFile('w4.rnn.json');
  await workbench.codeLens('Train').waitFor();
  await sleep(4000);
  const pressing = pressedAt(workbench.page);
  await workbench.codeLens('Train').click();
  const canvas = await workbench.webviewFrame().locator('canvas.heatmap').first().elementHandle();
  const frame = await canvas?.ownerFrame();
  if (frame === null || frame === undefined) throw new Error('The panel has no frame.');
  note(subject, 'Train to the first column, ms', (await firstPicture(frame)) - (await pressing));
  await workbench.close();
}

async function measureInspection(subject: Subject): Promise<void> {
  const workbench = await opened(subject);
  await workbench.openFile('inspected.rnn.json');
  await workbench.codeLens('Train').click();
  const panel = workbench.webviewFrame();
  await panel.getByText('finished 100').first().waitFor({ timeout: 120_000 });
  await panel.getByText('Sequence time — update').waitFor();
  await sleep(3000);
  const canvas = await panel.locator('canvas.heatmap').first().elementHandle();
  const frame = await canvas?.ownerFrame();
  if (frame === null || frame === undefined) throw new Error('The panel has no frame.');
  await panel.getByTitle('What the keys do (?)').focus();
  for (let turn = 0; turn < 4; turn++) {
    const redrawn = await watchRedrawing(frame);
    await workbench.page.keyboard.press('[');
    note(subject, 'LSTM-128: another update to the last change in sight, ms', await redrawn());
    await sleep(500);
  }
  await workbench.close();
}

async function measureMemory(subject: Subject): Promise<void> {
  const { server } = await sharedLab();
  const workbench = await opened(subject);
  await workbench.openFile('million.rnn.json');
  await workbench.codeLens('Train').click();
  const host = (): number => extensionHost(server.group);
  for (const [updates, digits] of [
    ['10,000', String.raw`\d{2},\d{3}|\d{3},\d{3}`],
    ['100,000', String.raw`\d{3},\d{3}`],
    ['1,000,000', String.raw`\d,\d{3},\d{3}`],
  ] as const) {
    const reached = workbench.webviewFrame().getByText(new RegExp(`training (${digits}) /`));
    await reached.first().waitFor({ timeout: 600_000 });
    note(subject, `extension host, resident after ${updates} updates, MiB`, resident(host()) / mebibyte);
  }
  await workbench.close();
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

function shown(numbers: readonly number[] = []): string {
  const [least, middle, most] = [Math.min(...numbers), median(numbers), Math.max(...numbers)];
  return `${middle.toFixed(1)} (${least.toFixed(1)}-${most.toFixed(1)})`;
}

await runCommand(async () => {
  const subjects: Subject[] = [{ name: 'this build', sources: linkedRepository(), figures: {} }];
  if (values.baseline !== undefined) {
    const link = join(scratchFolder('baseline'), 'unroll');
    symlinkSync(resolve(values.baseline), link);
    subjects.unshift({ name: 'baseline', sources: link, figures: {} });
  }
  const before = loadavg()[0] ?? NaN;
  for (let turn = 0; turn < turns; turn++) {
    for (const subject of subjects) {
      if (wants('speed')) for (const file of ['w4.rnn.json', 'w2.rnn.json'] as const) await measureSpeed(subject, file);
      if (wants('start')) await measureStart(subject);
      if (wants('inspect')) await measureInspection(subject);
      if (wants('memory') && turn === 0) await measureMemory(subject);
      console.error(`Turn ${turn + 1} of ${turns}: ${subject.name}`);
    }
  }
  console.log(`${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores; load ${before.toFixed(2)} before.`);
  console.log('Median (least-most).');
  for (const figure of Object.keys(subjects[0]?.figures ?? {})) {
    const columns = subjects.map(({ name, figures }) => `${name} ${shown(figures[figure])}`);
    const [one, other] = subjects.map(({ figures }) => median(figures[figure] ?? []));
    const ratio = one === undefined || other === undefined ? '' : `, ratio ${(other / one).toFixed(2)}`;
    console.log(`${figure}: ${columns.join(', ')}${ratio}`);
  }
  return 0;
});
