import {
  CompletionItemKind,
  CompletionList,
  Hover,
  Range,
  SnippetString,
  SymbolKind,
  TextEdit,
  type CompletionItem,
  type CompletionItemProvider,
  type DocumentFormattingEditProvider,
  type DocumentSymbol,
  type DocumentSymbolProvider,
  type HoverProvider,
  type Position,
  type TextDocument,
} from 'vscode';
import {
  CompletionItemKind as ServiceItemKind,
  getLanguageService,
  InsertTextFormat,
  SymbolKind as ServiceSymbolKind,
  TextDocument as ServiceDocument,
  type CompletionItem as ServiceItem,
  type DocumentSymbol as ServiceSymbol,
  type JSONDocument,
  type LanguageService,
  type Range as ServiceRange,
  type TextEdit as ServiceEdit,
} from 'vscode-json-languageservice';
import { jsonSchema } from '../experiment/schema/jsonSchema';
import { completionItem, documentSymbol, markdown } from '../platform/labels';
import { isShort } from './experimentCheck';

/** Maximum number of entries of an outline. */
const maxSymbols = 5000;

const schemaUri = 'unroll://schema/experiment';

/**
 * Completions, hovers, symbols and formatting of *.rnn.json from the experiment's JSON Schema. The service is VS Code's
 * own JSON library, called directly and not through VS Code's JSON extension, because that one would report every mistake
 * a second time with a message of its own. A long document has only formatting: parsing it at every change would block
 * the extension host.
 */
export class SchemaLanguage
  implements CompletionItemProvider, HoverProvider, DocumentSymbolProvider, DocumentFormattingEditProvider
{
  #service: LanguageService | undefined;
  /** The last parsed document: an editor sends several requests after every change. */
  #last: { readonly document: TextDocument; readonly version: number; readonly opened: Opened | undefined } | undefined;

  async provideCompletionItems(document: TextDocument, position: Position): Promise<CompletionList | undefined> {
    const opened = this.#open(document);
    if (opened === undefined) return undefined;
    const { service, text, parsed } = opened;
    const list = await service.doComplete(text, position, parsed);
    if (list === null) return undefined;
    // A list made before the opening quote doesn't cover the closing quote that the editor adds, and would leave it
    // behind. A list marked incomplete is requested again when the quote is typed.
    const isBeforeQuote = parsed.getNodeFromOffset(text.offsetAt(position), true)?.type !== 'string';
    return new CompletionList(list.items.map(completionOf), isBeforeQuote);
  }

  async provideHover(document: TextDocument, position: Position): Promise<Hover | undefined> {
    const opened = this.#open(document);
    if (opened === undefined) return undefined;
    const { service, text, parsed } = opened;
    const hover = await service.doHover(text, position, parsed);
    if (hover === null) return undefined;
    const contents = Array.isArray(hover.contents) ? hover.contents : [hover.contents];
    const words = contents.map(markdownOf);
    return new Hover(words, hover.range === undefined ? undefined : rangeOf(hover.range));
  }

  provideDocumentSymbols(document: TextDocument): DocumentSymbol[] {
    const opened = this.#open(document);
    if (opened === undefined) return [];
    const { service, text, parsed } = opened;
    return service.findDocumentSymbols2(text, parsed, { resultLimit: maxSymbols }).map(symbolOf);
  }

  provideDocumentFormattingEdits(
    document: TextDocument,
    { tabSize, insertSpaces }: { readonly tabSize: number; readonly insertSpaces: boolean },
  ): TextEdit[] {
    return this.#theService().format(textOf(document), undefined, { tabSize, insertSpaces }).map(editOf);
  }

  /** A document as the service reads it; undefined for one that is too long, or too deeply nested for its parser. */
  #open(document: TextDocument): Opened | undefined {
    if (!isShort(document)) return undefined;
    const service = this.#theService();
    const { version } = document;
    if (this.#last?.document === document && this.#last.version === version) return this.#last.opened;
    const text = textOf(document);
    const parsed = parsedBy(service, text);
    const opened = parsed === undefined ? undefined : { service, text, parsed };
    this.#last = { document, version, opened };
    return opened;
  }

  #theService(): LanguageService {
    return (this.#service ??= serviceWithSchema());
  }
}

interface Opened {
  readonly service: LanguageService;
  readonly text: ServiceDocument;
  readonly parsed: JSONDocument;
}

function textOf(document: TextDocument): ServiceDocument {
  return ServiceDocument.create(document.uri.toString(), 'jsonc', document.version, document.getText());
}

/** undefined where brackets are nested deeper than the service's own parser can follow. */
function parsedBy(service: LanguageService, text: ServiceDocument): JSONDocument | undefined {
  try {
    return service.parseJSONDocument(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function serviceWithSchema(): LanguageService {
  const service = getLanguageService({
    clientCapabilities: {
      textDocument: {
        completion: { completionItem: { documentationFormat: ['markdown'] } },
        hover: { contentFormat: ['markdown'] },
      },
    },
  });
  service.configure({ validate: false, schemas: [{ uri: schemaUri, fileMatch: ['*'], schema: jsonSchema() }] });
  return service;
}

function completionOf(item: ServiceItem): CompletionItem {
  const made = completionItem(item.label);
  made.kind = item.kind === ServiceItemKind.Property ? CompletionItemKind.Property : CompletionItemKind.Value;
  if (item.detail !== undefined) made.detail = item.detail;
  if (item.documentation !== undefined) made.documentation = markdownOf(item.documentation);
  if (item.sortText !== undefined) made.sortText = item.sortText;
  if (item.filterText !== undefined) made.filterText = item.filterText;
  const edit = item.textEdit;
  const text = edit?.newText ?? item.insertText ?? item.label;
  made.insertText = item.insertTextFormat === InsertTextFormat.Snippet ? new SnippetString(text) : text;
  if (item.command !== undefined) made.command = item.command;
  if (edit !== undefined) made.range = rangeOf('range' in edit ? edit.range : edit.replace);
  return made;
}

function markdownOf(content: string | { readonly value: string }) {
  return markdown(typeof content === 'string' ? content : content.value);
}

/** The Language Server Protocol numbers the kinds differently than VS Code. */
const symbolKinds: ReadonlyMap<ServiceSymbolKind, SymbolKind> = new Map([
  [ServiceSymbolKind.Module, SymbolKind.Module],
  [ServiceSymbolKind.Array, SymbolKind.Array],
  [ServiceSymbolKind.String, SymbolKind.String],
  [ServiceSymbolKind.Number, SymbolKind.Number],
  [ServiceSymbolKind.Boolean, SymbolKind.Boolean],
]);

function symbolOf({ name, detail, kind, range, selectionRange, children }: ServiceSymbol): DocumentSymbol {
  // VS Code throws for a symbol without a name, and JSON allows an empty key.
  const made = documentSymbol(
    name || '""',
    detail ?? '',
    symbolKinds.get(kind) ?? SymbolKind.Variable,
    rangeOf(range),
    rangeOf(selectionRange),
  );
  made.children = (children ?? []).map(symbolOf);
  return made;
}

function editOf({ range, newText }: ServiceEdit): TextEdit {
  return TextEdit.replace(rangeOf(range), newText);
}

function rangeOf({ start, end }: ServiceRange): Range {
  return new Range(start.line, start.character, end.line, end.character);
}
