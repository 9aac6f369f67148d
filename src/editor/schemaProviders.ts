import { languages, type Disposable } from 'vscode';
import { languageId } from '../platform/ids';
import type { SchemaLanguage } from './schemaLanguage';

/** Registers completions, hovers, symbols and formatting of *.rnn.json; their module is loaded at the first request. */
export function registerSchemaLanguage(): Disposable[] {
  const selector = { language: languageId };
  let loading: Promise<SchemaLanguage> | undefined;
  const load = (): Promise<SchemaLanguage> =>
    (loading ??= import('./schemaLanguage').then((loaded) => new loaded.SchemaLanguage()));
  return [
    languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems: async (document, position) => (await load()).provideCompletionItems(document, position),
      },
      '"',
      ':',
      ' ',
    ),
    languages.registerHoverProvider(selector, {
      provideHover: async (document, position) => (await load()).provideHover(document, position),
    }),
    languages.registerDocumentSymbolProvider(selector, {
      provideDocumentSymbols: async (document) => (await load()).provideDocumentSymbols(document),
    }),
    languages.registerDocumentFormattingEditProvider(selector, {
      provideDocumentFormattingEdits: async (document, options) =>
        (await load()).provideDocumentFormattingEdits(document, options),
    }),
  ];
}
