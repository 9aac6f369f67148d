/** A window that can be photographed. */
interface OpenWindow {
  /** Keeps a picture of it in dist/screenshots/. */
  screenshot(name: string): Promise<void>;
}

/** All windows that are open now. */
export const openWindows = new Set<OpenWindow>();

// What a window showed when its test failed says more than the words of the failure; a benchmark has no tests.
if ('afterEach' in globalThis) {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const name = `failed ${this.currentTest.fullTitle()}`.replace(/[^\w]+/g, '-');
    for (const opened of openWindows) await opened.screenshot(name);
  });
}
