import { languages, type Disposable } from 'vscode';
import { languageId } from '../platform/ids';
import type { SchemaLanguage } from './schemaLanguage';

/** Registers completions, hovers, symbols and formatting of *.rnn.json; what answers is loaded at the first question. */
export function registerSchemaLanguage(): Disposable[] {
  const selector = { language: languageId };
  let loading: Promise<SchemaLanguage> | undefined;
  const answering = (): Promise<SchemaLanguage> =>
    (loading ??= import('./schemaLanguage').then((loaded) => new loaded.SchemaLanguage()));
  return [
    languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems: async (document, position) =>
          (await answering()).provideCompletionItems(document, position),
      },
      '"',
      ':',
      ' ',
    ),
    languages.registerHoverProvider(selector, {
      provideHover: async (document, position) => (await answering()).provideHover(document, position),
    }),
    languages.registerDocumentSymbolProvider(selector, {
      provideDocumentSymbols: async (document) => (await answering()).provideDocumentSymbols(document),
    }),
    languages.registerDocumentFormattingEditProvider(selector, {
      provideDocumentFormattingEdits: async (document, options) =>
        (await answering()).provideDocumentFormattingEdits(document, options),
    }),
  ];
}
