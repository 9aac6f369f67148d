import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openChromium } from '../../scripts/chromium';
import { openRun } from '../../scripts/pageRun';
import { servePage } from '../../scripts/pageServer';
import { scratchWorkspace } from '../../scripts/scratch';
import { openWindows } from './openWindows';
import { unfoldAll } from './unfold';

/** How a notebook opens; all has a default. */
export interface NotebookOptions {
  /** Files of the experiment by their names; the samples by default. */
  readonly files?: Readonly<Record<string, string>>;
  /** Size of the window in CSS pixels; by default that of a panel beside an editor on a laptop. */
  readonly width?: number;
  readonly height?: number;
  readonly isMotionReduced?: boolean;
  /** Whether it stays as a person first sees it: some cells are folded. */
  readonly isAsOpened?: boolean;
}

let browser: Promise<Browser> | undefined;

/**
 * The notebook of a run that was trained in a terminal, in a plain browser. Its cells are those of the panel, and a
 * window without the workbench opens in a fraction of the time.
 */
export class StoredNotebook {
  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly closeServer: () => void,
  ) {
    openWindows.add(this);
  }

  /** Trains an experiment and opens the notebook of its run. A run that diverges is one, too. */
  static async train(experiment: string, options: NotebookOptions = {}): Promise<StoredNotebook> {
    const { files, width = 640, height = 800, isMotionReduced = false, isAsOpened = false } = options;
    const folder = scratchWorkspace(files ?? resolve('media', 'samples'));
    const out = join(folder, 'run');
    const words = [resolve('dist', 'cli.mjs'), join(folder, experiment), '--out', out];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0 && status !== exitDiverged) throw new Error(stderr);
    const run = await openRun(out, resolve('.'));
    const server = await servePage(run, resolve('.'));
    const context = await (
      await (browser ??= openChromium())
    ).newContext({
      viewport: { width, height },
      reducedMotion: isMotionReduced ? 'reduce' : 'no-preference',
    });
    const page = await context.newPage();
    await page.goto(server.url);
    if (!isAsOpened) await unfoldAll(page);
    return new StoredNotebook(page, context, () => {
      server.close();
      run.dispose();
    });
  }

  /** Keeps a picture of the window in dist/screenshots/. */
  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: resolve('dist', 'screenshots', `${name}.png`) });
  }

  /** Closes the window and ends the processes that read the run. */
  async close(): Promise<void> {
    openWindows.delete(this);
    await this.context.close();
    this.closeServer();
  }
}

/** The exit code of a terminal's run that diverged. */
const exitDiverged = 2;
