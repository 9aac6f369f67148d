// `npm run bench:panel [-- PART …]`: measures the panel in the real workbench in Chromium, and writes
// test/bench/PANEL.md. Parts are open, train, memory, frames and leafing; with none named all are measured.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { format, resolveConfig } from 'prettier';
import type { Frame } from 'playwright-core';
import { runCommand } from '../../scripts/cleanup';
import { sharedLab } from '../ui/lab';
import { Workbench } from '../ui/workbench';
import { gestures, measureGesture, type GestureResult } from './panel/gestures';
import { emptyExtension } from './panel/emptyPanel';
import { heldBy, heldByHost } from './panel/memory';
import { firstPicture, pressedAt, scriptArrived, watchRedrawing } from './panel/page';
import {
  panelReport,
  type Growth,
  type Holding,
  type Leafing,
  type OpeningTime,
  type PanelFigures,
} from './panel/report';
import { benchWorkspace, experiments, lengths, nameOf } from './panel/runs';

const chosen = process.argv.slice(2);
const wants = (part: string): boolean => chosen.length === 0 || chosen.includes(part);
/** A laptop's window: the panel beside an editor is some 450 px wide. */
const window = { width: 1280, height: 800 } as const;
const turns = 5;

async function frameOf(workbench: Workbench): Promise<Frame> {
  const body = await workbench.webviewFrame().locator('canvas.heatmap').first().elementHandle();
  const frame = await body?.ownerFrame();
  if (frame === null || frame === undefined) throw new Error('The panel has no frame.');
  return frame;
}

/** Milliseconds for which a window is left alone before anything is pressed: loading is not part of the measurement. */
const settling = 1500;

/** Opens a stored run from the list of runs. */
async function openRun(workbench: Workbench, updates: number): Promise<OpeningTime> {
  await workbench.runCommand('Unroll: Open Run');
  const row = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: nameOf(updates) }).first();
  await row.waitFor();
  const pressing = pressedAt(workbench.page);
  await row.click();
  const frame = await frameOf(workbench);
  const drawn = await firstPicture(frame);
  const arrived = await scriptArrived(frame);
  return { total: drawn - (await pressing), own: drawn - arrived };
}

/** Times of opening, one run per window, alternating with those of an empty panel. */
async function openings(folder: string): Promise<Pick<PanelFigures, 'openings' | 'empty'>> {
  const times = new Map(lengths.map((updates): [number, OpeningTime[]] => [updates, []]));
  const empty: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    for (const [updates, found] of times) {
      const workbench = await Workbench.open({ folder, ...window });
      await workbench.openFile('endless.rnn.json');
      await workbench.page.waitForTimeout(settling);
      found.push(await openRun(workbench, updates));
      await workbench.close();
    }
    empty.push(await openEmpty(folder));
  }
  return { openings: [...times].map(([updates, found]) => ({ updates, times: found })), empty };
}

/** Milliseconds from the press to the first picture of an empty panel: the part of VS Code itself. */
async function openEmpty(folder: string): Promise<number> {
  const workbench = await Workbench.open({
    folder,
    ...window,
    lab: { ...(await sharedLab()), sources: emptyExtension() },
  });
  await workbench.openFile('endless.rnn.json');
  await workbench.page.waitForTimeout(settling);
  await workbench.page.keyboard.press('F1');
  await workbench.page.locator('.quick-input-widget input').first().fill('>Open an Empty Panel');
  const row = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Open an Empty Panel' }).first();
  await row.waitFor();
  const pressing = pressedAt(workbench.page);
  await row.click();
  const time = (await firstPicture(await frameOf(workbench))) - (await pressing);
  await workbench.close();
  return time;
}

/** The memory of a window and its extension host after a run has been opened and inspected. */
async function holdings(folder: string): Promise<readonly Holding[]> {
  const { server, browser } = await sharedLab();
  const figures: Holding[] = [];
  for (const updates of lengths) {
    const workbench = await Workbench.open({ folder, ...window });
    await workbench.openFile('endless.rnn.json');
    const before = await heldBy(workbench.page);
    await openRun(workbench, updates);
    const loss = workbench.webviewFrame().getByRole('application', { name: /^Loss over updates/ });
    await loss.focus();
    for (const key of '+++++++---+++0') await loss.press(key);
    await workbench.webviewFrame().getByText('Sequence time — update').waitFor();
    await workbench.page.waitForTimeout(3000);
    const held = await heldBy(workbench.page);
    figures.push({
      updates,
      held: {
        heap: held.heap - before.heap,
        buffers: held.buffers - before.buffers,
        document: held.document - before.document,
      },
      host: await heldByHost(server.group, browser),
    });
    await workbench.close();
  }
  return figures;
}

/** The memory of the extension host while a run trains, at these numbers of updates. */
async function growths(folder: string): Promise<readonly Growth[]> {
  const { server, browser } = await sharedLab();
  const workbench = await Workbench.open({ folder, ...window });
  await workbench.openFile('endless.rnn.json');
  await workbench.codeLens('Train').click();
  const figures: Growth[] = [];
  for (const updates of lengths) {
    const reached = new RegExp(
      `training ${updates.toLocaleString('en-US').replace(/\d/g, '\\d')}|training [\\d,]{${updates.toLocaleString('en-US').length + 1},}`,
    );
    await workbench.webviewFrame().getByText(reached).first().waitFor({ timeout: 600_000 });
    figures.push({ updates, host: await heldByHost(server.group, browser) });
  }
  await workbench.close();
  return figures;
}

/** Milliseconds of VS Code's own count of the activation, and from ▶ Train to the first column. */
async function starts(folder: string): Promise<Pick<PanelFigures, 'activation' | 'firstPoint'>> {
  const firstPoint: number[] = [];
  const activation: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const workbench = await Workbench.open({ folder, ...window });
    await workbench.openFile('teaching.rnn.json');
    const lens = workbench.codeLens('Train');
    await lens.waitFor();
    const pressing = pressedAt(workbench.page);
    await lens.click();
    firstPoint.push((await firstPicture(await frameOf(workbench))) - (await pressing));
    await workbench.runCommand('Developer: Show Running Extensions');
    const row = workbench.page.locator('.runtime-extensions-editor .extension', { hasText: 'Unroll' }).first();
    activation.push(Number(/(\d+)ms/.exec(await row.locator('.activation-time').innerText())?.[1] ?? NaN));
    await workbench.close();
  }
  return { activation, firstPoint };
}

/** All gestures over a finished run of a million updates, and over one that trains at full speed. */
async function frames(folder: string): Promise<PanelFigures['frames']> {
  const over = async (what: string, prepare: (workbench: Workbench) => Promise<void>) => {
    const workbench = await Workbench.open({ folder, ...window });
    await workbench.openFile('endless.rnn.json');
    await prepare(workbench);
    const frame = await frameOf(workbench);
    await workbench.page.waitForTimeout(2000);
    const picture = workbench.webviewFrame().getByRole('application', { name: /^Loss over updates/ });
    const results: GestureResult[] = [];
    for (const gesture of gestures) results.push(await measureGesture(gesture, workbench.page, frame, picture));
    await workbench.close();
    return { what, results };
  };
  const longest = Math.max(...lengths);
  return [
    await over(`a finished run of ${nameOf(longest)}`, async (workbench) => {
      await openRun(workbench, longest);
    }),
    await over('more than 100,000 updates of a run that trains at full speed', async (workbench) => {
      await workbench.codeLens('Train').click();
      await workbench
        .webviewFrame()
        .getByText(/training \d{3},\d{3}/)
        .first()
        .waitFor({ timeout: 120_000 });
    }),
  ];
}

/** From `]` to the last visible change, with each cell of sequence time at the top of the panel. */
async function leafing(folder: string): Promise<readonly Leafing[]> {
  const figures: Leafing[] = [];
  for (const file of ['teaching.rnn.json', 'large.rnn.json'] as const) {
    const workbench = await Workbench.open({ folder, ...window });
    await workbench.openFile(file);
    await workbench.codeLens('Train').click();
    const panel = workbench.webviewFrame();
    await panel.getByText('finished 100').first().waitFor({ timeout: 120_000 });
    const frame = await frameOf(workbench);
    await panel.getByText('Sequence time — update').waitFor();
    await workbench.page.waitForTimeout(3000);
    const titles = await panel.locator('.group[aria-label="Sequence time"] .cell h2').allInnerTexts();
    const cells: Leafing['cells'][number][] = [];
    for (const [at, title] of ['', ...titles].entries()) {
      const cell = at === 0 ? panel.locator('.cell').first() : panel.locator('.cell', { hasText: title }).first();
      await cell.evaluate((element) => {
        element.scrollIntoView({ block: 'start' });
        // The header of the panel covers the scrolled content.
        scrollBy(0, -(document.querySelector('.sticky')?.clientHeight ?? 0));
      });
      await panel.getByTitle('What the keys do (?)').focus();
      await workbench.page.waitForTimeout(1000);
      const times: number[] = [];
      for (let turn = 0; turn < turns; turn++) {
        const redrawn = await watchRedrawing(frame);
        await workbench.page.keyboard.press(at % 2 === 0 ? '[' : ']');
        times.push(await redrawn());
      }
      cells.push({ title: title === '' ? '[1] Loss' : title, times });
    }
    figures.push({ what: experiments[file].name, cells });
    await workbench.close();
  }
  return figures;
}

await runCommand(async () => {
  const load = loadavg()[0];
  const folder = benchWorkspace(wants('open') || wants('frames') ? lengths : []);
  const { browser } = await sharedLab();
  const figures: PanelFigures = {
    parts: chosen,
    machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${process.platform} ${process.arch}`,
    browser: `Chromium ${browser.version()}, headless, drawing in software`,
    ...(wants('open') ? await openings(folder) : { openings: [], empty: [] }),
    holdings: wants('memory') ? await holdings(folder) : [],
    ...(wants('train') ? await starts(folder) : { activation: [], firstPoint: [] }),
    growths: wants('memory') ? await growths(folder) : [],
    frames: wants('frames') ? await frames(folder) : [],
    leafing: wants('leafing') ? await leafing(folder) : [],
    load: [load, loadavg()[0]],
  };
  const text = panelReport(figures);
  const file = 'test/bench/PANEL.md';
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  console.log(text);
  return 0;
});
