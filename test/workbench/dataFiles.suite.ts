import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ExperimentFile, until } from './experimentFile';

const experiment =
  '{ "data": { "text": "late.txt", "length": 4 }, "model": { "cell": "rnn" }, "training": { "batch": 2 } }';

describe('A data file', () => {
  it('is checked again when it is created, changed and deleted', async () => {
    const { document, folder } = await ExperimentFile.open(experiment);
    const file = join(folder, 'late.txt');
    const complaint = (words: RegExp) => () =>
      vscode.languages.getDiagnostics(document.uri).some(({ message }) => words.test(message));
    const none = (): boolean => vscode.languages.getDiagnostics(document.uri).length === 0;
    await until('the missing file', complaint(/File "late\.txt" not found/));
    writeFileSync(file, 'hello, hello, hello! '.repeat(20));
    await until('no complaint', none);
    writeFileSync(file, Uint8Array.of(0, 1, 2, 255, 0));
    await until('the binary file', complaint(/late\.txt/));
    writeFileSync(file, 'hello, hello, hello! '.repeat(20));
    await until('no complaint once more', none);
    rmSync(file);
    await until('the missing file again', complaint(/File "late\.txt" not found/));
  });
});
