import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { FrameLocator } from 'playwright-core';

const source = readFileSync(resolve('node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** What axe-core finds wrong in the panel, in words; its script is evaluated from outside, past the page's policy. */
export async function violations(frame: Pick<FrameLocator, 'locator'>): Promise<readonly string[]> {
  return frame.locator('body').evaluate(async (_body, script) => {
    const module: { exports: { run?: () => Promise<AxeResults> } } = { exports: {} };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const load = new Function('module', 'exports', script) as (module: unknown, exports: unknown) => void;
    load(module, module.exports);
    const results = await module.exports.run?.();
    if (results === undefined) throw new Error('axe-core did not load.');
    if (results.passes.length === 0) throw new Error('axe-core checked nothing.');
    return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  }, source);
}
