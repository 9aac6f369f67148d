import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../../../scripts/scratch';

const manifest = {
  name: 'empty-panel',
  publisher: 'unroll',
  version: '0.0.1',
  engines: { vscode: '^1.100.0' },
  main: './extension.cjs',
  activationEvents: ['onStartupFinished'],
  contributes: { commands: [{ command: 'emptyPanel.open', title: 'Open an Empty Panel' }] },
};

const code = `const { commands, ViewColumn, window } = require('vscode');
exports.activate = ({ subscriptions }) => {
  subscriptions.push(commands.registerCommand('emptyPanel.open', () => {
    const place = { viewColumn: ViewColumn.Beside, preserveFocus: true };
    const panel = window.createWebviewPanel('emptyPanel', 'Empty', place, { enableScripts: true });
    panel.webview.html = '<!DOCTYPE html><canvas class="heatmap"></canvas>' +
      '<script>document.querySelector("canvas").getContext("2d").fillRect(0, 0, 9, 9)</script>';
  }));
};
`;

/** The folder of an extension whose panel shows a black square at once: the time to open it is that of VS Code itself. */
export function emptyExtension(): string {
  const folder = scratchFolder('empty-panel');
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'extension.cjs'), code);
  return folder;
}
