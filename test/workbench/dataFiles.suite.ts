import * as vscode from 'vscode';
import { ExperimentFile, until } from './experimentFile';

const experiment =
  '{ "data": { "text": "late.txt", "length": 4 }, "model": { "cell": "rnn" }, "training": { "batch": 2 } }';

describe('A data file', () => {
  it('is checked again when it is created, changed and deleted', async () => {
    const file = await ExperimentFile.open(experiment);
    const { document } = file;
    const complaint = (words: RegExp) => () =>
      vscode.languages.getDiagnostics(document.uri).some(({ message }) => words.test(message));
    const none = (): boolean => vscode.languages.getDiagnostics(document.uri).length === 0;
    await until('the missing file', complaint(/File "late\.txt" not found/));
    await file.write('late.txt', 'hello, hello, hello! '.repeat(20));
    await until('no complaint', none);
    await file.write('late.txt', Uint8Array.of(0, 1, 2, 255, 0));
    await until('the binary file', complaint(/late\.txt/));
    await file.write('late.txt', 'hello, hello, hello! '.repeat(20));
    await until('no complaint once more', none);
    await file.remove('late.txt');
    await until('the missing file again', complaint(/File "late\.txt" not found/));
  });
});
