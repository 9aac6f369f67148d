import { ESLint } from 'eslint';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { importProblem } from './importRule.mjs';
import { moduleOf } from './modules.mjs';

/** A value import, or one of types only. */
type Import = readonly [file: string, imported: string, kind?: 'type'];

const refused: readonly Import[] = [
  ['src/engine/learner.ts', '../run/manifest'],
  ['src/engine/cells/rnn.ts', '../../experiment/schema', 'type'],
  ['src/experiment/parse.ts', '../engine/spec', 'type'],
  ['src/data/text.ts', '../engine/recurrence/window', 'type'],
  ['src/protocol/trainer.ts', '../run/records/recordBatch'],
  ['src/protocol/trainer.ts', '../engine/spec', 'type'],
  ['src/diagnosis/rules.ts', '../data/source'],
  ['src/panel/runPanel.ts', '../trainer/service'],
  ['src/session/session.ts', '../trainer/service', 'type'],
  ['src/platform/log.ts', '../session/session'],
  ['src/editor/lenses.ts', '../panel/runPanel'],
  ['src/panel/runPanel.ts', '../extension'],
  ['src/panel/runPanel.ts', '../../webview/page/main'],
  ['webview/page/main.ts', '../../src/session/session', 'type'],
  ['webview/page/main.ts', '../../src/run/manifest'],
  ['src/run/manifest.ts', 'vscode', 'type'],
  ['src/trainer/service.ts', 'vscode'],
  ['src/cli.ts', 'vscode'],
  ['src/run/manifest.ts', 'node:fs'],
  ['src/data/csv.ts', 'fs'],
  ['src/session/session.ts', 'node:path'],
  ['src/data/files/fileReading.ts', './fileAccess.node'],
  ['webview/page/main.ts', 'chart.js'],
  ['webview/notebook/loss/lossCell.ts', 'chart.js/helpers'],
  ['webview/plot/charts/line.ts', '@vscode/webview-ui-toolkit'],
];

const allowed: readonly Import[] = [
  ['src/engine/cells/rnn.ts', '../spec'],
  ['src/protocol/trainer.ts', '../run/records/recordBatch', 'type'],
  ['src/data/source.ts', '../experiment/schema'],
  ['src/diagnosis/rules.ts', '../run/manifest'],
  ['src/cli.ts', './trainer/headless.node'],
  ['src/cli.ts', 'node:fs'],
  ['src/session/worker.node.ts', 'node:worker_threads'],
  ['src/data/files/fileAccess.node.ts', 'node:fs/promises'],
  ['src/session/dataAccess.ts', '../data/fileAccess.node'],
  ['src/extension.ts', './panel/runPanel'],
  ['src/views/statusBar.ts', '../session/session'],
  ['src/views/statusBar.ts', 'vscode'],
  ['webview/page/main.ts', '../../src/protocol/panel'],
  ['webview/page/main.ts', '../../src/run/manifest', 'type'],
  ['webview/notebook/loss/lossCell.ts', '../../plot/charts/line'],
  ['webview/plot/charts/line.ts', 'chart.js'],
  ['webview/ui/button.ts', '@vscode/webview-ui-toolkit/dist/button'],
  ['test/ui/workbench.ts', '../../src/trainer/service'],
];

describe('The import rules', () => {
  for (const [file, imported, kind] of refused) {
    it(`refuses ${imported} in ${file}${kind ? ', even as a type' : ''}`, () => {
      assert.ok(importProblem(file, imported, kind === 'type'));
    });
  }

  for (const [file, imported, kind] of allowed) {
    it(`allows ${imported} in ${file}${kind ? ' as a type' : ''}`, () => {
      assert.equal(importProblem(file, imported, kind === 'type'), undefined);
    });
  }

  it('knows every folder and file of src', () => {
    const unknown = readdirSync('src').filter((name) => moduleOf(`src/${name}`) === undefined);
    assert.deepEqual(unknown, []);
  });
});

describe('The lint', function () {
  // The type-aware rules read the whole project once.
  this.timeout(120_000);
  const eslint = new ESLint();

  /** The rules that `text` breaks as the content of `filePath`, which must be a file of the project. */
  async function broken(filePath: string, text: string): Promise<readonly (string | null)[]> {
    const [result] = await eslint.lintText(text, { filePath });
    return result.messages.map(({ ruleId }) => ruleId);
  }

  it('reports an import that the rules refuse, however it is written', async () => {
    const ways = [
      "import { run } from '../session/session';\nrun();\n",
      "import type { Run } from '../session/session';\nexport type Ran = Run;\n",
      "export { run } from '../session/session';\n",
      "export * from '../session/session';\n",
      "export const session = import('../session/session');\n",
    ];
    for (const text of ways) {
      const rules = await broken('src/protocol/channel.ts', text);
      assert.ok(rules.includes('architecture/imports'), `${text} breaks ${rules.join(', ')}`);
    }
  });

  it('reports host APIs in a pure module', async () => {
    const text = "export const kind = process.env['KIND'];\n";
    assert.ok((await broken('src/protocol/channel.ts', text)).includes('no-restricted-globals'));
  });

  it('reports default exports, non-null assertions and any', async () => {
    const text = 'export default function first(list: any): unknown {\n  return list[0]!;\n}\n';
    const rules = await broken('src/protocol/channel.ts', text);
    assert.ok(rules.includes('no-restricted-syntax'));
    assert.ok(rules.includes('@typescript-eslint/no-non-null-assertion'));
    assert.ok(rules.includes('@typescript-eslint/no-explicit-any'));
  });

  it('reports calls that show unescaped text in VS Code, except in src/platform', async () => {
    const ways = [
      "import { window } from 'vscode';\nvoid window.showErrorMessage('');\n",
      "import * as vscode from 'vscode';\nvoid vscode.window.showErrorMessage('');\n",
      "import { window } from 'vscode';\nvoid window['showQuickPick']([]);\n",
      "import { window } from 'vscode';\nconst { showInputBox } = window;\nvoid showInputBox();\n",
      "import { TreeItem } from 'vscode';\nexport const item = new TreeItem('');\n",
      "import { MarkdownString as Text } from 'vscode';\nexport const text = new Text('');\n",
      "import type { WebviewPanel } from 'vscode';\nexport function name(panel: WebviewPanel): void {\n  panel.title = '';\n}\n",
    ];
    for (const text of ways) {
      assert.ok((await broken('src/views/runsTree.ts', text)).includes('no-restricted-syntax'), text);
      assert.ok(!(await broken('src/platform/labels.ts', text)).includes('no-restricted-syntax'), text);
    }
    const type = "import type { TreeItem } from 'vscode';\nexport type Item = TreeItem;\n";
    assert.deepEqual(await broken('src/views/runsTree.ts', type), []);
  });

  it('accepts allowed code', async () => {
    const text = '/** Five. */\nexport const five: number = 2 + 3;\n';
    assert.deepEqual(await broken('src/protocol/channel.ts', text), []);
  });
});
