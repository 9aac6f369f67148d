import assert from 'node:assert/strict';
import { violations } from './violations';
import { Workbench } from './workbench';

/** The class that the workbench itself bears in a kind of theme. */
const kinds = { dark: 'vs-dark', light: 'vs', highContrast: 'hc-black', highContrastLight: 'hc-light' } as const;

describe('The panel', () => {
  for (const theme of ['dark', 'light', 'highContrast', 'highContrastLight'] as const) {
    describe(`in the theme ${theme}`, () => {
      let workbench: Workbench;

      before(async () => {
        workbench = await Workbench.open({ theme, width: 1400, height: 1000 });
        await workbench.page.locator(`.monaco-workbench.${kinds[theme]}`).waitFor();
        await workbench.openFile('three-steps.rnn.json');
        await workbench.codeLens('Train').click();
        await workbench.codeLens('finished').waitFor();
        // The newest update is walked through as soon as it has been replayed; its cells are part of the panel.
        await workbench.webviewFrame().getByRole('region', { name: 'Parameters of this update' }).waitFor();
      });

      after(() => workbench.close());

      it('is drawn in its colours', async () => {
        const colours = await workbench
          .webviewFrame()
          .locator('body')
          .evaluate((body) => {
            const probe = document.createElement('span');
            probe.style.color = 'var(--vscode-editor-foreground)';
            probe.style.backgroundColor = 'var(--vscode-editor-background)';
            body.append(probe);
            const { color, backgroundColor } = getComputedStyle(probe);
            const expected = { text: color, ground: backgroundColor };
            probe.remove();
            const title = document.querySelector('h1');
            const seen = {
              text: title && getComputedStyle(title).color,
              ground: getComputedStyle(body).backgroundColor,
            };
            return { seen, expected };
          });
        assert.deepEqual(colours.seen, colours.expected);
        await workbench.screenshot(`panel-${theme}`);
      });

      it('has no accessibility violations', async () => {
        assert.deepEqual(await violations(workbench.webviewFrame()), []);
      });
    });
  }

  it('never scrolls sideways beside an editor on a laptop', async () => {
    const workbench = await Workbench.open({ file: 'three-steps.rnn.json', width: 1000, height: 720 });
    await workbench.codeLens('Train').click();
    // From the first picture on, while those out of sight are still to be drawn.
    const sideways = await workbench
      .webviewFrame()
      .locator('html')
      .evaluate(
        (html) =>
          new Promise<readonly string[]>((resolve) => {
            const until = performance.now() + 3000;
            const found = new Set<string>();
            const look = (): void => {
              if (html.scrollWidth > html.clientWidth) {
                const wide = [...html.querySelectorAll('body *')].filter(
                  (part) => part.getBoundingClientRect().right > html.clientWidth + 1,
                );
                for (const part of wide) found.add(`${part.tagName} ${part.getAttribute('class') ?? ''}`);
                if (wide.length === 0) found.add('the page');
              }
              if (performance.now() < until) requestAnimationFrame(look);
              else resolve([...found]);
            };
            look();
          }),
      );
    assert.deepEqual(sideways, [], 'nothing is wider than the page');
    await workbench.codeLens('finished').waitFor();
    await workbench.screenshot('panel-narrow');
    await workbench.close();
  });
});
