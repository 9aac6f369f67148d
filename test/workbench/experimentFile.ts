import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** Time limit (ms) for asynchronous changes of the extension, and the interval of the polls. */
const patience = 20_000;
const interval = 50;

/** Milliseconds without a change after which no further change is expected. */
const settlingTime = 1_500;

/** An experiment in its own folder inside the workspace, open in an editor. */
export class ExperimentFile {
  readonly document: vscode.TextDocument;
  /** Absolute path of the folder. */
  readonly folder: string;

  private constructor(document: vscode.TextDocument, folder: string) {
    this.document = document;
    this.folder = folder;
  }

  /** Writes the experiment and the files beside it, and opens it in an editor. */
  static async open(text: string, files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<ExperimentFile> {
    const workspace = vscode.workspace.workspaceFolders?.[0];
    if (!workspace) throw new Error('These tests need a window with a workspace folder.');
    const folder = mkdtempSync(join(workspace.uri.fsPath, 'case-'));
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const path = join(folder, 'case.rnn.json');
    writeFileSync(path, text);
    const document = await vscode.workspace.openTextDocument(path);
    await vscode.window.showTextDocument(document);
    return new ExperimentFile(document, folder);
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
