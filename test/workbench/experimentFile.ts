import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** How long (ms) a test waits for what the extension does in its own time, and how often it looks. */
const patience = 20_000;
const interval = 50;

/** How long (ms) nothing may change before it is taken that nothing more will come. */
const calm = 1_500;

/** An experiment in a folder of its own inside the workspace, as a person meets it: a document that is open. */
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

  /** Presses ▶ Train; does not wait, because a message that nobody answers would never let the command end. */
  train(variant?: string): void {
    void vscode.commands.executeCommand('unroll.train', this.document.uri.toString(), variant);
  }

  /** The diagnostics once there are some and no more are coming, from whoever reports them. */
  async diagnostics(): Promise<readonly vscode.Diagnostic[]> {
    const read = (): readonly vscode.Diagnostic[] => vscode.languages.getDiagnostics(this.document.uri);
    await until('a diagnostic', () => read().length > 0);
    for (let count = -1; count !== read().length;) {
      count = read().length;
      await sleep(calm);
    }
    return read();
  }

  /** The words of all lenses above the code, as they stand there now. */
  async lenses(): Promise<readonly string[]> {
    const lenses = await vscode.commands.executeCommand<readonly vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      this.document.uri,
      Number.MAX_SAFE_INTEGER,
    );
    return lenses.map(({ command }) => command?.title ?? '');
  }

  /** Waits until a lens says `words`, and returns what it says. */
  async lens(words: RegExp): Promise<string> {
    return until(`a lens with ${String(words)}`, async () => (await this.lenses()).find((title) => words.test(title)));
  }
}

/** Looks again and again until `look` finds something. Throws, naming `what`, when that takes longer than patience. */
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
