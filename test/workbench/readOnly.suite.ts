import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './experimentFile';

const scheme = 'unroll-read-only';
const experiment = vscode.Uri.from({ scheme, path: '/course/echo.rnn.json' });
const text = `{
  "data": { "task": "echo", "length": 12 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 30, "batch": 4 }
}`;

/** A file system with one experiment in it, as of a repository that is only looked at. */
class ReadOnlyFiles implements vscode.FileSystemProvider {
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat({ path }: vscode.Uri): vscode.FileStat {
    const times = { ctime: 0, mtime: 0 };
    if (path === experiment.path) return { type: vscode.FileType.File, size: text.length, ...times };
    if (path === '/' || path === '/course') return { type: vscode.FileType.Directory, size: 0, ...times };
    throw vscode.FileSystemError.FileNotFound(path);
  }

  readDirectory({ path }: vscode.Uri): [string, vscode.FileType][] {
    return path === '/course' ? [['echo.rnn.json', vscode.FileType.File]] : [];
  }

  readFile({ path }: vscode.Uri): Uint8Array {
    if (path !== experiment.path) throw vscode.FileSystemError.FileNotFound(path);
    return new TextEncoder().encode(text);
  }

  createDirectory = refuse;
  writeFile = refuse;
  delete = refuse;
  rename = refuse;
}

function refuse(): never {
  throw vscode.FileSystemError.NoPermissions();
}

describe('An experiment in a file system that is read-only', () => {
  let files: vscode.Disposable;

  before(() => {
    files = vscode.workspace.registerFileSystemProvider(scheme, new ReadOnlyFiles(), { isReadonly: true });
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    files.dispose();
  });

  it('is trained, and its run is saved in the storage of the extension and can be compared', async () => {
    const document = await vscode.workspace.openTextDocument(experiment);
    await vscode.window.showTextDocument(document);
    void vscode.commands.executeCommand('unroll.train', experiment.toString());
    const lenses = async (): Promise<readonly string[]> =>
      (
        await vscode.commands.executeCommand<readonly vscode.CodeLens[]>(
          'vscode.executeCodeLensProvider',
          experiment,
          Number.MAX_SAFE_INTEGER,
        )
      ).map(({ command }) => command?.title ?? '');
    const title = await until('the end of the run', async () =>
      (await lenses()).find((words) => /finished|failed|not/.test(words)),
    );
    assert.match(title, /^finished · 30 updates/);
    const { content } = await vscode.lm.invokeTool('unroll_list_runs', { input: {}, toolInvocationToken: undefined });
    const [part] = content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    const { runs } = JSON.parse(part.value) as { readonly runs: readonly { readonly run: string }[] };
    assert.ok(
      runs.some(({ run }) => /unroll-runs\/echo--/.test(run)),
      part.value,
    );
  });
});
