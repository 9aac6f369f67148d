import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workbench } from '../test/ui/workbench';
import { runCommand } from './cleanup';
import { withPalette } from './palettePng';

/** A picture of the documents. */
interface Picture {
  /** Its path from the root of the repository. */
  readonly file: string;
  /** A caption of one sentence. */
  readonly caption: string;
  /** The title of the notebook cell that is scrolled to. */
  readonly cell: RegExp;
  /** Which end of that cell is at the same end of the window. */
  readonly block: 'start' | 'end';
}

/** The folder of pictures that aren't packaged, and of the captions of all pictures. */
const folder = join('docs', 'pictures');
const experiment = 'long-lag.rnn.json';
/** The variant, and the index of its lens among those that train one run, from the top. */
const variant = { name: 'plain RNN', lens: 2 };
/** An update before the network has learned anything, when the gradient vanishes. */
const selectedUpdate = 109;
/** Milliseconds in which the plots that a scroll or a reply brings into view are drawn. */
const settlingTime = 1500;
const maxTrainingMilliseconds = 120_000;
/** The left edge of the panel in CSS pixels from the left edge of the window. */
const panelLeft = 500;
/** Maximum number of bytes of one picture, because some are part of the package. */
const maxBytes = 300_000;

const pictures: readonly Picture[] = [
  {
    file: join('media', 'readme', 'run.png'),
    caption:
      'The panel beside an experiment: the loss with its baseline, and the gradient over updates and time steps.',
    cell: /Gradient through time$/,
    block: 'end',
  },
  {
    file: join(folder, 'unrolled.png'),
    caption: 'One update, replayed: the unrolled net of one sequence, step by step.',
    cell: /Unrolled net$/,
    block: 'start',
  },
  {
    file: join(folder, 'backward.png'),
    caption: 'The backward pass of one update: the gradient of each step, and its parts.',
    cell: /Backward through time$/,
    block: 'start',
  },
  {
    file: join(folder, 'gradient-flow.png'),
    caption: 'Gradient flow: how much of each loss reaches each earlier step.',
    cell: /Gradient flow/,
    block: 'start',
  },
];

/** `npm run pictures`: takes every picture of the documents in the real workbench, with the sample “A long lag”. */
async function makePictures(): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const workbench = await Workbench.open({ settings: { 'editor.minimap.enabled': false } });
  await train(workbench);
  await widenPanel(workbench);
  await selectUpdate(workbench);
  const tooLarge: string[] = [];
  for (const { file, cell, block } of pictures) {
    const section = workbench.webviewFrame().getByRole('region', { name: cell });
    await section.evaluate((element, to) => {
      element.scrollIntoView({ block: to });
    }, block);
    await workbench.page.waitForTimeout(settlingTime);
    writeFileSync(file, withPalette(await workbench.page.screenshot()));
    const { size } = statSync(file);
    console.log(`${file}: ${size} bytes`);
    if (size > maxBytes) tooLarge.push(file);
  }
  writeCaptions();
  if (tooLarge.length > 0) console.error(`Larger than ${maxBytes} bytes: ${tooLarge.join(', ')}.`);
  return tooLarge.length > 0 ? 1 : 0;
}

/** Trains the variant beside its experiment, with the side bar closed. */
async function train(workbench: Workbench): Promise<void> {
  await workbench.openFile(experiment);
  await workbench.page.keyboard.press('Control+B');
  // The editor has the elements of its lenses in any order.
  const lenses = workbench.page.locator('.codelens-decoration a', { hasText: /^▶ Train$/ });
  await lenses.nth(variant.lens).waitFor();
  const tops = await lenses.evaluateAll((all) => all.map((lens) => lens.getBoundingClientRect().top));
  const byPlace = tops.map((top, index) => ({ top, index })).sort((a, b) => a.top - b.top);
  await lenses.nth(byPlace[variant.lens]?.index ?? 0).click();
  // Beside the editor the names of the variants are in a list.
  const shown = workbench.webviewFrame().locator('.entry[aria-pressed="true"]', { hasText: variant.name });
  await shown.waitFor({ state: 'attached' });
  await workbench.codeLens('finished').waitFor({ timeout: maxTrainingMilliseconds });
  await workbench.webviewFrame().getByText('850 / 850').waitFor();
}

/** Moves the border between the experiment and the panel to the left. */
async function widenPanel({ page }: Workbench): Promise<void> {
  const box = await page.locator('iframe.webview.ready').boundingBox();
  if (box === null) throw new Error('The panel has no page.');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x, y);
  await page.mouse.down();
  await page.mouse.move(panelLeft, y, { steps: 5 });
  await page.mouse.up();
  // The border is highlighted while the pointer is on it, and the text of the editor has hovers: the title bar has
  // neither.
  await page.mouse.move(panelLeft / 2, 5);
}

async function selectUpdate(workbench: Workbench): Promise<void> {
  const frame = workbench.webviewFrame();
  const field = frame.locator('.selection-fields vscode-text-field input').first();
  await field.fill(String(selectedUpdate));
  await field.press('Enter');
  await frame.getByText(`Sequence time — update ${selectedUpdate}`).waitFor();
}

/** Writes the captions and the version of the pictures next to them. */
function writeCaptions(): void {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  const captions = Object.fromEntries(pictures.map(({ file, caption }) => [file, caption]));
  const data = { version, experiment, variant: variant.name, update: selectedUpdate, captions };
  writeFileSync(join(folder, 'captions.json'), `${JSON.stringify(data, undefined, 2)}\n`);
}

await runCommand(makePictures);
