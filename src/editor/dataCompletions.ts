import {
  CompletionItemKind,
  Range,
  RelativePattern,
  workspace,
  type CompletionItem,
  type CompletionItemProvider,
  type Position,
  type TextDocument,
  type Uri,
} from 'vscode';
import { readFileStart } from '../data/files/fileReading';
import type { CursorPlace } from '../experiment/document/cursorPlace';
import { completionItem } from '../platform/labels';
import type { TableColumnSummary } from '../protocol/trainer';
import { accessFor } from '../session/dataAccess';
import type { Estimates } from '../session/live/estimates';
import { folderOf, pathFrom } from '../session/experimentText';
import { isShort } from './experimentCheck';

/** Maximum number of bytes of a table that are read for its columns. */
const maxBytes = 1024 * 1024;

/** Maximum number of files that are listed. */
const maxFiles = 200;

/** Milliseconds for which the columns of a table are known: an editor asks at every key press. */
const freshMilliseconds = 5000;

/** Which files a key names, by their endings. */
const fileEndings: ReadonlyMap<string, string> = new Map([
  ['data.csv', '{csv,tsv,txt,dat}'],
  ['data.text', '{txt,text,md,csv,json,xml,html,log}'],
  ['model.weights', 'safetensors'],
]);

/** Kinds of columns that fit a key, those that are listed first; others follow. */
const fittingKinds: ReadonlyMap<string, readonly TableColumnSummary['kind'][]> = new Map([
  ['data.inputs', ['number']],
  ['data.targets', ['number', 'text']],
  ['data.time', ['date', 'number']],
  ['data.sequence', ['text', 'number']],
]);

/** Completes paths of data files, and names of columns with what they hold. */
export class DataCompletions implements CompletionItemProvider {
  #last: { readonly key: string; readonly at: number; readonly columns: readonly TableColumnSummary[] } | undefined;

  constructor(readonly estimates: Estimates) {}

  async provideCompletionItems(document: TextDocument, position: Position): Promise<CompletionItem[]> {
    if (!isShort(document)) return [];
    const { placeAtCursor } = await import('../experiment/document/cursorPlace');
    const text = document.getText();
    const place = placeAtCursor(text, document.offsetAt(position));
    if (place === undefined) return [];
    const key = place.keyPath.slice(0, 2).join('.');
    const range = new Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
    const endings = place.keyPath.length === 2 ? fileEndings.get(key) : undefined;
    if (endings !== undefined) return filesFor(document.uri, endings, range);
    const kinds = fittingKinds.get(key);
    return kinds === undefined ? [] : this.#columns(document, text, place, kinds, range);
  }

  async #columns(
    document: TextDocument,
    text: string,
    place: CursorPlace,
    kinds: readonly TableColumnSummary['kind'][],
    range: Range,
  ): Promise<CompletionItem[]> {
    const columns = await this.#columnsOf(document.uri, text, place.variant).catch(() => []);
    const rank = ({ kind }: TableColumnSummary): number => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length);
    return columns.map((column, index) => {
      const item = valueItem(column.name, CompletionItemKind.Field, range);
      item.detail = column.detail;
      item.sortText = `${rank(column)}${String(index).padStart(6, '0')}`;
      return item;
    });
  }

  async #columnsOf(experiment: Uri, text: string, variant: string | undefined): Promise<readonly TableColumnSummary[]> {
    const { writtenTable } = await import('../experiment/writtenTable');
    const table = writtenTable(text, variant);
    if (table === undefined) return [];
    const key = JSON.stringify([experiment.toString(), table]);
    if (this.#last?.key === key && performance.now() - this.#last.at < freshMilliseconds) return this.#last.columns;
    const read = await readFileStart(table.csv, accessFor(experiment), maxBytes);
    if ('message' in read) return [];
    const columns = await this.estimates.summarizeColumns({ text, variant, ...read });
    this.#last = { key, at: performance.now(), columns };
    return columns;
  }
}

/** The files of the workspace folder with some endings, by their paths from the experiment; the nearest come first. */
async function filesFor(experiment: Uri, endings: string, range: Range): Promise<CompletionItem[]> {
  const folder = folderOf(experiment);
  const root = workspace.getWorkspaceFolder(experiment)?.uri ?? folder;
  const pattern = new RelativePattern(root, `**/*.${endings}`);
  const files = await workspace.findFiles(pattern, '**/{node_modules,unroll-runs,.*}/**', maxFiles);
  return files.flatMap((file) => {
    const path = pathFrom(folder, file);
    if (path === undefined) return [];
    const item = valueItem(path, CompletionItemKind.File, range);
    item.sortText = `${String(path.split('/').length).padStart(3, '0')}${path}`;
    return item;
  });
}

/** A completion that writes a string in place of the one at the cursor. */
function valueItem(value: string, kind: CompletionItemKind, range: Range): CompletionItem {
  const item = completionItem(value);
  const source = JSON.stringify(value);
  item.kind = kind;
  item.insertText = source;
  // The text that is compared begins at the range, before the quote.
  item.filterText = range.isEmpty ? value : source;
  item.range = range;
  return item;
}
