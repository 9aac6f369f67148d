import * as vscode from 'vscode';

/** Time limit (ms) for asynchronous changes of the extension, and the interval of the polls. */
const patience = 20_000;
const interval = 50;

/** Milliseconds without a change after which no further change is expected. */
const settlingTime = 1_500;

/** An experiment in its own folder inside the workspace, open in an editor. */
export class ExperimentFile {
  private constructor(
    readonly document: vscode.TextDocument,
    /** Its folder. */
    readonly home: vscode.Uri,
  ) {}

  /** Absolute path of its folder, where that is on disk. */
  get folder(): string {
    return this.home.fsPath;
  }

  /** Writes the experiment and the files beside it, and opens it in an editor. */
  static async open(text: string, files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<ExperimentFile> {
    const workspace = vscode.workspace.workspaceFolders?.[0];
    if (!workspace) throw new Error('These tests need a window with a workspace folder.');
    const home = vscode.Uri.joinPath(workspace.uri, `case-${crypto.randomUUID().slice(0, 8)}`);
    for (const [name, content] of Object.entries({ ...files, 'case.rnn.json': text })) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(home, name), bytes);
    }
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(home, 'case.rnn.json'));
    await vscode.window.showTextDocument(document);
    return new ExperimentFile(document, home);
  }

  /** The names in a folder beside the experiment; none if it doesn't exist. */
  async list(folder: string): Promise<readonly string[]> {
    const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(this.home, folder)).then(
      (found) => found,
      () => [],
    );
    return entries.map(([name]) => name).sort();
  }

  /** The folders of its runs, the oldest first. */
  async runs(): Promise<readonly vscode.Uri[]> {
    return (await this.list('unroll-runs')).map((name) => vscode.Uri.joinPath(this.home, 'unroll-runs', name));
  }

  /** Writes a file beside the experiment. */
  async write(path: string, content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(this.home, path), bytes);
  }

  /** Deletes a file or folder beside the experiment; '' is its own folder. */
  async remove(path: string): Promise<void> {
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(this.home, path), { recursive: true });
  }

  /** The bytes of a file beside the experiment. */
  async read(path: string): Promise<Uint8Array> {
    return vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.home, path));
  }

  /** Presses ▶ Train; does not wait, because the command never ends if it shows a message that is not answered. */
  train(variant?: string): void {
    void vscode.commands.executeCommand('unroll.train', this.document.uri.toString(), variant);
  }

  /** The diagnostics of all sources, once there are some and they no longer change. */
  async diagnostics(): Promise<readonly vscode.Diagnostic[]> {
    const read = (): readonly vscode.Diagnostic[] => vscode.languages.getDiagnostics(this.document.uri);
    await until('a diagnostic', () => read().length > 0);
    // A check of the file as it was a moment ago may clear them until the next one.
    for (let count = -1; count !== read().length || count === 0;) {
      count = read().length;
      await sleep(settlingTime);
    }
    return read();
  }

  /** The current texts of all lenses. */
  async lenses(): Promise<readonly string[]> {
    const lenses = await vscode.commands.executeCommand<readonly vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      this.document.uri,
      Number.MAX_SAFE_INTEGER,
    );
    return lenses.map(({ command }) => command?.title ?? '');
  }

  /** Waits until the text of a lens matches `words`, and returns it. */
  async lens(words: RegExp): Promise<string> {
    return until(`a lens with ${String(words)}`, async () => (await this.lenses()).find((title) => words.test(title)));
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Polls until `look` returns a value. Throws an error with `what` after the time limit. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (let waited = 0; waited < patience; waited += interval) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(interval);
  }
  throw new Error(`Waited ${patience / 1000} s for ${what} in vain.`);
}
