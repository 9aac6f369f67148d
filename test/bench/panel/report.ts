import type { GestureResult } from './gestures';
import type { HeldBytes, HostBytes } from './memory';

/** A run opened from the list of runs. */
export interface OpeningTime {
  /** Milliseconds from the press to the first picture. */
  readonly total: number;
  /** The part of these after VS Code had loaded the page's script. */
  readonly own: number;
}

/** The same run opened in several windows. */
export interface Openings {
  readonly updates: number;
  readonly times: readonly OpeningTime[];
}

/** The memory of an opened run. */
export interface Holding {
  readonly updates: number;
  /** The additional memory of the window, after zooming in and out and inspecting an update. */
  readonly held: HeldBytes;
  readonly host: HostBytes;
}

/** The memory of the extension host when a live run has this number of updates. */
export interface Growth {
  readonly updates: number;
  readonly host: HostBytes;
}

/** Leafing through the updates of one run. */
export interface Leafing {
  readonly what: string;
  /** With which cell at the top of the panel; milliseconds of each press. */
  readonly cells: readonly { readonly title: string; readonly times: readonly number[] }[];
}

/** Everything that was measured. */
export interface PanelFigures {
  /** The measured parts, by the arguments of the command; empty for all. */
  readonly parts: readonly string[];
  readonly machine: string;
  readonly browser: string;
  /** Load of the machine before and after. */
  readonly load: readonly [number, number];
  readonly openings: readonly Openings[];
  /** Milliseconds from the press to the first picture of a panel with nothing in it. */
  readonly empty: readonly number[];
  readonly holdings: readonly Holding[];
  readonly growths: readonly Growth[];
  /** Milliseconds, by VS Code's own count. */
  readonly activation: readonly number[];
  /** Milliseconds from ▶ Train to the first column of the heatmap. */
  readonly firstPoint: readonly number[];
  readonly frames: readonly { readonly what: string; readonly results: readonly GestureResult[] }[];
  readonly leafing: readonly Leafing[];
}

/** Own work of a frame that is ignored (ms). */
const idle = 0.1;
const goal = 16;

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

const milliseconds = (value: number): string => (value < 100 ? value.toFixed(1) : value.toFixed(0));
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
const median = (values: readonly number[]): string => milliseconds(quantile(values, 0.5));

/** The figures as Markdown. */
export function panelReport(figures: PanelFigures): string {
  const { parts, machine, browser, load, openings, empty, holdings, growths, activation, firstPoint, frames, leafing } =
    figures;
  return `# The panel at speed

Written by \`${['npm run bench:panel', ...(parts.length === 0 ? [] : ['--', ...parts])].join(' ')}\`: the real workbench in a headless Chromium, the extension minified as it is packed, used by keys and
the pointer as a person does. Everything shares the machine: VS Code's server, the extension host, the trainer, the browser that draws
without a graphics card, and whatever else runs. Processor time of the page's thread says what the panel costs; wall time says
what was left of the machine.

- Machine: ${machine}; load average ${load[0].toFixed(1)} before, ${load[1].toFixed(1)} after.
- ${browser}; a window of 1280 × 800 px, the panel some 450 px wide.

${openings.length === 0 ? '' : openingSection(openings, empty)}
${firstPoint.length === 0 ? '' : startSection(activation, firstPoint)}
${holdings.length === 0 ? '' : holdingSection(holdings)}
${growths.length === 0 ? '' : growthSection(growths)}
${frames.map(frameSection).join('\n')}
${leafing.length === 0 ? '' : leafingSection(leafing)}
`;
}

/** The columns of the memory of an extension host. */
const hostHead = 'host’s heap, MiB | host’s tables, MiB | host resident, MiB |';

function hostCells({ heap, outside, resident }: HostBytes): string {
  return `${mebibytes(heap)} | ${mebibytes(outside)} | ${mebibytes(resident)} |`;
}

function openingSection(openings: readonly Openings[], empty: readonly number[]): string {
  const rows = openings.map(({ updates, times }) => {
    const total = times.map((time) => time.total);
    const own = times.map((time) => time.own);
    return `| ${updates.toLocaleString('en-US')} | ${median(total)} | ${total.map(milliseconds).join(', ')} | ${median(own)} |`;
  });
  return `## Opening a kept run

From the press in the list of runs to the first picture, each in a window of its own that has come to rest, in turns. The last column is what goes by after VS Code has brought the page its script. A panel with
nothing in it but a black square, opened in the same turns, is VS Code's own part: the new tab with its frames and workers.

| updates | median, ms | each, ms | after the page's script came, median, ms |
|---|---|---|---|
${rows.join('\n')}
| an empty panel | ${median(empty)} | ${empty.map(milliseconds).join(', ')} | |
`;
}

function holdingSection(holdings: readonly Holding[]): string {
  const rows = holdings.map(
    ({ updates, held, host }) =>
      `| ${updates.toLocaleString('en-US')} | ${mebibytes(held.heap)} | ${mebibytes(held.buffers)} | ${mebibytes(held.document)} | ${hostCells(host)}`,
  );
  return `## What an open run takes

What the window holds more than before a kept run was opened, zoomed into and out of, and looked at in an update, when all garbage has been collected; then what the extension host
holds, with all that VS Code and other extensions keep there, when its garbage has been collected too, and what the system counts for the whole process and its threads, with memory that is not returned yet.
The pictures have up to 2,048 columns, which the shorter runs do not fill: from there on nothing may grow but what is resident.

| updates | heap, MiB | tables, MiB | document, MiB | ${hostHead}
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function startSection(activation: readonly number[], firstPoint: readonly number[]): string {
  return `## Starting

- From ▶ Train to the first column of the heatmap: ${firstPoint.map(milliseconds).join(', ')} ms (three windows, each in a new extension host).
- Activation by VS Code's own count: ${activation.join(', ')} ms.
`;
}

function growthSection(growths: readonly Growth[]): string {
  const rows = growths.map(({ updates, host }) => `| ${updates.toLocaleString('en-US')} | ${hostCells(host)}`);
  return `## The extension host while a run trains

A run that trains at full speed with its panel open; what the extension host holds when it has made so many updates, all garbage collected. Its pictures are full at 2,048 columns of 1 and of 10 updates.

| updates | ${hostHead}
|---|---|---|---|
${rows.join('\n')}
`;
}

function frameSection({ what, results }: PanelFigures['frames'][number]): string {
  const rows = results.map(({ name, intervals, costs }) => {
    const own = costs.own.filter((cost) => cost > idle);
    const within = own.filter((cost) => cost < goal).length / own.length;
    return `| ${name} | ${median(own)} | ${milliseconds(quantile(own, 0.95))} | ${milliseconds(Math.max(...own))} | ${(100 * within).toFixed(0)} % of ${own.length} | ${median(costs.painting)} | ${(1000 / quantile(intervals, 0.5)).toFixed(0)} | ${costs.longTasks} |`;
  });
  return `## Frames over ${what}

Own work is the panel's scripts, style and layout in frames that had any; painting is that of the whole window. Both are processor time of the page's thread.

| gesture | own work, median ms | 95 % | most | under ${goal} ms | painting, median ms | frames/s of wall time | own tasks over 50 ms of wall time |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function leafingSection(leafing: readonly Leafing[]): string {
  const titles = leafing[0]?.cells.map(({ title }) => title) ?? [];
  const rows = titles.map((title, at) => {
    const columns = leafing.map(({ cells }) => {
      const times = cells[at]?.times ?? [];
      return `${median(times)} (${milliseconds(Math.min(...times))} – ${milliseconds(Math.max(...times))})`;
    });
    return `| ${title.replace(/^(\[\d+\])\s*/, '$1 ')} | ${columns.join(' | ')} |`;
  });
  return `## Leafing from update to update

From the key to the frame after the last change in sight, every update replayed in a worker: median and range, ms of wall time, by the cell at the top of the panel.

| cell at the top | ${leafing.map(({ what }) => what).join(' | ')} |
|---|${leafing.map(() => '---').join('|')}|
${rows.join('\n')}
`;
}
