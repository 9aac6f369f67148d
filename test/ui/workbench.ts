import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { scratchWorkspace } from '../../scripts/scratch';
import { sharedLab, type Lab } from './lab';
import { openWindows } from './openWindows';

/** The themes that every picture is looked at in, by the names that VS Code has for them. */
const themes = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
} as const;

/** How a window opens; all has a default. */
export interface WorkbenchOptions {
  /** The display language; English by default. The texts of VS Code itself stay English. */
  readonly language?: string;
  /** The workspace folder; a scratch copy of the samples by default. */
  readonly folder?: string;
  readonly theme?: keyof typeof themes;
  /** Name of a file in the folder that is open in an editor from the start, which is faster than to open it later. */
  readonly file?: string;
  /** Size of the window in CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Settings beyond the theme. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Where it opens, if not in the lab that all tests share. */
  readonly lab?: Lab;
}

/** How long (ms) a person would wait for the workbench before they call it broken. */
const patience = 60_000;

/** Lines of a window's console that a failed test leaves. */
const maxConsoleLines = 500;

/** A lens above the code. The editor has the elements of its lenses in any order: those of a variant may come first. */
class Lens {
  constructor(private readonly all: Locator) {}

  async waitFor(options?: Parameters<Locator['waitFor']>[0]): Promise<void> {
    await this.all.first().waitFor(options);
  }

  async click(): Promise<void> {
    await (await this.topmost()).click();
  }

  async dblclick(): Promise<void> {
    await (await this.topmost()).dblclick();
  }

  /** The lens to click, once its words rest: a click on one that is drawn anew meanwhile is lost. */
  private async topmost(): Promise<Locator> {
    let last = '';
    for (let turn = 0; turn < 20; turn++) {
      await this.waitFor();
      const seen = await this.all.evaluateAll((lenses) =>
        lenses.map((lens) => ({ top: lens.getBoundingClientRect().top, words: lens.parentElement?.textContent })),
      );
      const now = JSON.stringify(seen);
      const at = seen.findIndex(({ top }) => top === Math.min(...seen.map((one) => one.top)));
      if (now === last && at >= 0) return this.all.nth(at);
      last = now;
      await this.all.page().waitForTimeout(150);
    }
    return this.all.first();
  }
}

/** One window of the real workbench, used as a person does: by keys, by clicks and by what stands on the screen. */
export class Workbench {
  /** The window itself, for what has no name here yet. */
  readonly page: Page;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  private readonly context: BrowserContext;

  /** The last lines of the window's console. */
  private readonly console: string[] = [];

  private constructor(context: BrowserContext, page: Page, folder: string) {
    this.context = context;
    this.page = page;
    this.folder = folder;
    openWindows.add(this);
    // VS Code writes errors of the extension host there too, such as one while the extension is activated.
    page.on('console', (message) => {
      this.console.push(`${message.type()}: ${message.text()}`);
      if (this.console.length > maxConsoleLines) this.console.shift();
    });
  }

  /** Opens a window and waits until it can be worked in. */
  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const { theme = 'dark', width = 1280, height = 800, settings = {} } = options;
    const { server, browser, sources } = options.lab ?? (await sharedLab());
    const folder = options.folder ?? scratchWorkspace(resolve('media', 'samples'));
    server.configure({ 'workbench.colorTheme': themes[theme], 'window.autoDetectHighContrast': false, ...settings });
    const context = await browser.newContext({ viewport: { width, height } });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    if (options.language !== undefined) {
      // What a page of VS Code in another language begins with; the extension host takes it over.
      await page.addInitScript((language) => {
        Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: language });
      }, options.language);
    }
    const workbench = new Workbench(context, page, folder);
    const { file } = options;
    const window = sources === undefined ? { folder } : { folder, extension: sources };
    await page.goto(server.address(file === undefined ? window : { ...window, file: join(folder, file) }));
    await workbench.ready();
    if (file === undefined) return workbench;
    await workbench.editorOf(file).waitFor({ timeout: patience });
    // A reload restores the editors; it is not to open the file once more.
    await page.evaluate((address) => {
      history.replaceState(history.state, '', address);
    }, server.address(window));
    return workbench;
  }

  /**
   * Reloads the window, and waits until it can be worked in again. The command saves what the window is to restore;
   * a reload by the browser may lose what changed last.
   */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Runs a command from the palette by the label that stands there, for instance `Unroll: Train RNN`. */
  async runCommand(label: string): Promise<void> {
    await this.choose('F1', `>${label}`, label);
  }

  /** Whether the palette offers a command now, under exactly this label. */
  async offersCommand(label: string): Promise<boolean> {
    await this.focusSettles();
    await this.page.keyboard.press('F1');
    await this.page.locator('.quick-input-widget input').first().fill(`>${label}`);
    // The palette always answers, be it with “No matching commands”; only then is an absence one.
    await this.rows.first().waitFor();
    const offered = (await this.row(label).count()) > 0;
    await this.page.keyboard.press('Escape');
    return offered;
  }

  /** Opens a file of the workspace by its name and waits for its editor. */
  async openFile(name: string): Promise<void> {
    const end = Date.now() + patience;
    // A lens that is clicked too soon may be one of the file before.
    const editor = this.editorOf(name);
    for (;;) {
      await this.choose('Control+P', name, name);
      await this.tab(name).waitFor();
      // A panel that comes to the front meanwhile may cover it; as a person would, this opens it once more.
      const isThere = await editor.waitFor({ timeout: patience / 6 }).then(
        () => true,
        () => false,
      );
      if (isThere) return;
      if (Date.now() > end) throw new Error(`${name} was not opened within ${patience} ms.`);
    }
  }

  /** Chooses a row of the quick pick that is open now. */
  async pick(label: string): Promise<void> {
    await this.row(label).click();
  }

  /**
   * Chooses an item of the menu that is open, and waits until the menu is closed. VS Code ignores a click in the first
   * 100 ms, which may be the end of the one that opened the menu; a key it takes at once.
   */
  async chooseMenuItem(label: string): Promise<void> {
    const item = this.page.getByRole('menuitem', { name: label });
    await item.hover();
    await this.page.keyboard.press('Enter');
    await item.waitFor({ state: 'hidden' });
  }

  /** Waits until the editor of a file has the keyboard focus. */
  async editorHasFocus(name: string): Promise<void> {
    await this.editorOf(name).and(this.page.locator('.focused')).waitFor();
  }

  /** Waits until the page of the panel in front has the keyboard focus. */
  async panelHasFocus(): Promise<void> {
    const hasFocus = (): Promise<boolean> =>
      this.webviewFrame()
        .locator('body')
        .evaluate((body) => body.ownerDocument.hasFocus())
        // VS Code puts a new frame in the place of one whose panel comes to the front again.
        .catch(() => false);
    while (!(await hasFocus())) await this.page.waitForTimeout(50);
  }

  /** Waits for the quick pick with this title; for a moment the list of commands that it was called from is still there. */
  async pickerOpens(title: string): Promise<void> {
    const exactly = new RegExp(`^${title}$`);
    await this.page.locator('.quick-input-title', { hasText: exactly }).waitFor();
  }

  /** Marks all rows of the quick pick with this title, once there are so many, and confirms. */
  async pickAll(title: string, count: number): Promise<void> {
    await this.pickerOpens(title);
    await this.rows.nth(count - 1).waitFor();
    for (let i = 0; i < count; i++) await this.rows.nth(i).click();
    await this.page.keyboard.press('Enter');
  }

  /** Types into the input box with this prompt and confirms it; its title may be that of the quick pick before it. */
  async answer(prompt: string, words: string): Promise<void> {
    const message = this.page.locator('.quick-input-message', { hasText: prompt });
    const box = this.page.locator('.quick-input-widget', { has: message });
    await box.locator('input').first().fill(words);
    await this.page.keyboard.press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  /**
   * Waits until VS Code's dialog for files suggests a path with this end, and returns the path: the dialog shows the
   * folder before it shows the name, and what is typed before that is mixed with them.
   */
  async suggestedFile(end: string): Promise<string> {
    const input = this.page.locator('.quick-input-widget input').first();
    for (;;) {
      const path = await input.inputValue();
      if (path.endsWith(end)) return path;
      await this.page.waitForTimeout(50);
    }
  }

  /** The tab of an editor or a panel. */
  tab(title: string): Locator {
    return this.page.locator('.tab', { hasText: title }).first();
  }

  /** The topmost lens above the code whose words contain `text` or match it. */
  codeLens(text: string | RegExp): Lens {
    return new Lens(this.page.locator('.codelens-decoration a', { hasText: text }));
  }

  /** The document inside the visible panel. */
  webviewFrame(): FrameLocator {
    // The views of the side bar have pages, too.
    return this.page
      .frameLocator('iframe.webview.ready:not([src*="purpose=webviewView"])')
      .frameLocator('#active-frame');
  }

  /** An item of the status bar whose words contain `text`. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text }).first();
  }

  /** Texts of the notifications that are not dismissed, once there are at least `least`. */
  async notifications(least = 0): Promise<readonly string[]> {
    const messages = this.notificationCentre.locator('.notification-list-item-message');
    await this.openNotifications(least > 0 ? messages.nth(least - 1) : undefined);
    // VS Code's own words on a busy machine, for as long as a command waits for its extension, or a file is written.
    const texts = (await messages.allInnerTexts()).filter((text) => !/^(Activating Extensions|Saving ')/.test(text));
    await this.bell.click();
    return texts;
  }

  /** Waits for a notification whose text matches. */
  async notificationWith(text: RegExp): Promise<void> {
    await this.openNotifications(
      this.notificationCentre.locator('.notification-list-item-message', { hasText: text }).first(),
    );
    await this.bell.click();
  }

  /**
   * Presses a button in the newest notification that has it, once there is one. VS Code draws a notification twice that
   * came while its list was open and empty, once the list was closed and is opened again.
   */
  async pressInNotification(label: string): Promise<void> {
    const button = this.notificationCentre.getByRole('button', { name: label }).first();
    await this.openNotifications(button);
    await button.click();
  }

  /** Waits until the Problems panel shows at least `least` rows that are not files, and reads them. */
  async problems(least = 1): Promise<readonly string[]> {
    const list = this.page.locator('.markers-panel-container');
    if (!(await list.isVisible())) await this.runCommand('Problems: Focus on Problems View');
    const rows = list.locator('.monaco-list-row', { has: this.page.locator('.marker-icon') });
    if (least > 0) await rows.nth(least - 1).waitFor();
    return rows.allInnerTexts();
  }

  /** Keeps a picture of the whole window, and the last lines of its console, in dist/screenshots/. */
  async screenshot(name: string): Promise<void> {
    const folder = resolve('dist', 'screenshots');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
    writeFileSync(join(folder, `${name}.log`), `${this.console.join('\n')}\n`);
  }

  /** Closes the window. */
  async close(): Promise<void> {
    openWindows.delete(this);
    await this.context.close();
  }

  private editorOf(name: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${encodeURIComponent(name)}"]`).first();
  }

  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 2 * patience });
    // Its own commands are there long before those of extensions; the rows of the explorer, or of the view that was open
    // before a reload, come from the server.
    await this.page
      .locator('.part.sidebar .monaco-list-row, .part.sidebar .pane-header[aria-label*="Lessons"]')
      .first()
      .waitFor({ timeout: 2 * patience });
  }

  /**
   * Opens the list of notifications, and waits for one in it. Notifications that pop up go away by themselves, and under
   * test none does; behind the bell they all stay. VS Code closes a list that is empty when the focus moves, which may be
   * just before the first notification comes: then it is opened again.
   */
  private async openNotifications(expected?: Locator): Promise<void> {
    const end = Date.now() + patience;
    for (;;) {
      if (!(await this.notificationCentre.isVisible())) await this.bell.click();
      const timeout = Math.max(1, Math.min(patience / 12, end - Date.now()));
      const isThere = await (expected ?? this.notificationCentre).waitFor({ timeout }).then(
        () => true,
        () => false,
      );
      if (isThere) return;
      if (Date.now() > end) throw new Error(`No notification ${expected?.toString() ?? 'list'} within ${patience} ms.`);
    }
  }

  private get notificationCentre(): Locator {
    return this.page.locator('.notifications-center');
  }

  private get bell(): Locator {
    return this.page.locator('[id="status.notifications"] a');
  }

  private get rows(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  private row(label: string): Locator {
    const exactly = new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    return this.rows.filter({ has: this.page.locator('.label-name', { hasText: exactly }) }).first();
  }

  /**
   * Waits until the focus rests. VS Code passes it on to a page 50 ms after something else has closed, which would close
   * a quick input opened in the meantime; a person takes longer between two keys.
   */
  private async focusSettles(): Promise<void> {
    const focused = (): Promise<string> =>
      this.page.evaluate(() => {
        const { activeElement } = document;
        return `${activeElement?.tagName ?? ''} ${activeElement?.id ?? ''} ${activeElement?.className ?? ''}`;
      });
    let last = await focused();
    for (let unchanged = 0; unchanged < 4; unchanged++) {
      await this.page.waitForTimeout(50);
      const now = await focused();
      if (now !== last) unchanged = -1;
      last = now;
    }
  }

  /**
   * Opens the quick input by a key, types into it and chooses the row with this label. A list that is opened before an
   * extension has registered its commands stays without them: as a person would, this opens it once more.
   */
  private async choose(key: string, words: string, label: string): Promise<void> {
    const end = Date.now() + patience;
    for (;;) {
      await this.focusSettles();
      await this.page.keyboard.press(key);
      await this.page.locator('.quick-input-widget input').first().fill(words);
      const row = this.row(label);
      const isThere = await row.waitFor({ timeout: patience / 6 }).then(
        () => true,
        () => false,
      );
      if (isThere || Date.now() > end) {
        await row.click();
        return;
      }
      await this.page.keyboard.press('Escape');
    }
  }
}
