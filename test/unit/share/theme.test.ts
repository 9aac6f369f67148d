import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

describe('The colours of a page without VS Code', () => {
  it('are all that its styles name without another colour in their place', () => {
    const known = readFileSync(join('webview', 'recorded', 'theme.css'), 'utf8');
    const files = readdirSync('webview', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.css'));
    const named = files.flatMap((name) =>
      [...readFileSync(join('webview', name), 'utf8').matchAll(/var\((--vscode-[\w-]+)\)/g)].map(([, one]) => one),
    );
    const missing = [...new Set(named)].filter((name) => !known.includes(`${name ?? ''}:`));
    assert.deepEqual(missing, []);
  });
});
