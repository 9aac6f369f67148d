import {
  Diagnostic,
  DiagnosticSeverity,
  languages,
  Range,
  workspace,
  type Disposable,
  type TextDocument,
  type Uri,
} from 'vscode';
import { readFiles } from '../data/fileReading';
import { openSource } from '../data/source';
import { parseExperiment } from '../experiment/parse';
import type { Objection, Refusal } from '../experiment/refusal';
import type { ResolvedExperiment } from '../experiment/schema';
import { DisposableStore } from '../platform/disposable';
import { languageId } from '../platform/ids';
import { accessFor } from '../session/dataAccess';
import type { Launcher, RefusalsFound } from '../session/launcher';

const calmMilliseconds = 300;
const largestCheckedWhileTyping = 4 * 1024 * 1024;

/**
 * Refusals as squiggles. The file itself is checked at every change; its data too, as long as they are small enough to
 * read while somebody types; what only the trainer finds out is added when a run is refused and stays until the next
 * change.
 */
export class ExperimentDiagnostics implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #collection = this.#owned.add(languages.createDiagnosticCollection('unroll'));
  readonly #due = new Map<string, NodeJS.Timeout>();

  constructor(launcher: Launcher) {
    this.#owned.add(workspace.onDidOpenTextDocument((document) => this.#checkSoon(document, 0)));
    this.#owned.add(workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document, calmMilliseconds)));
    this.#owned.add(workspace.onDidSaveTextDocument((document) => this.#checkSoon(document, 0)));
    this.#owned.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.#forget(uri);
      }),
    );
    this.#owned.add(
      launcher.onDidCheck((found) => {
        this.#add(found);
      }),
    );
    for (const document of workspace.textDocuments) this.#checkSoon(document, 0);
  }

  dispose(): void {
    for (const timer of this.#due.values()) clearTimeout(timer);
    this.#due.clear();
    this.#owned.dispose();
  }

  #checkSoon(document: TextDocument, delay: number): void {
    if (document.languageId !== languageId) return;
    const key = document.uri.toString();
    clearTimeout(this.#due.get(key));
    this.#due.set(
      key,
      setTimeout(() => {
        this.#due.delete(key);
        void this.#check(document);
      }, delay),
    );
  }

  async #check(document: TextDocument): Promise<void> {
    const { version } = document;
    const refusals = await refusalsOf(document);
    // A newer check is on its way, or the document is gone.
    if (document.version !== version || document.isClosed) return;
    this.#collection.set(document.uri, asDiagnostics(document, refusals));
  }

  #add({ target, refusals }: RefusalsFound): void {
    const document = workspace.textDocuments.find(({ uri }) => uri.toString() === target.uri.toString());
    if (document === undefined || refusals.length === 0) return;
    const known = this.#collection.get(document.uri) ?? [];
    const fresh = asDiagnostics(document, refusals).filter(
      ({ message, range }) => !known.some((other) => other.message === message && other.range.isEqual(range)),
    );
    this.#collection.set(document.uri, [...known, ...fresh]);
  }

  #forget(uri: Uri): void {
    clearTimeout(this.#due.get(uri.toString()));
    this.#due.delete(uri.toString());
    this.#collection.delete(uri);
  }
}

async function refusalsOf(document: TextDocument): Promise<readonly Refusal[]> {
  const parsed = parseExperiment(document.getText());
  if (parsed.kind === 'refused') return parsed.refusals;
  const { file } = parsed;
  const found = new Map<string, Refusal>();
  for (const variant of [undefined, ...file.variants.map(({ name }) => name)]) {
    const resolved = file.resolve(variant);
    const objections =
      resolved.kind === 'refused' ? resolved.refusals : await dataObjections(document.uri, resolved.experiment);
    for (const objection of objections) {
      const place = file.placeOf(objection.keyPath, variant);
      found.set(`${place.offset}:${objection.message}`, { ...objection, place });
    }
  }
  return [...found.values()];
}

async function dataObjections(uri: Uri, experiment: ResolvedExperiment): Promise<readonly Objection[]> {
  const read = await readFiles(experiment, accessFor(uri));
  if (read.kind === 'refused') return read.refusals;
  const size = [...read.files.values()].reduce((sum, { length }) => sum + length, 0);
  if (size > largestCheckedWhileTyping) return [];
  const opened = openSource(experiment, read.files);
  return opened.kind === 'refused' ? opened.refusals : [];
}

function asDiagnostics(document: TextDocument, refusals: readonly Refusal[]): Diagnostic[] {
  return refusals.map(({ code, message, place }) => {
    const range = new Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
    const diagnostic = new Diagnostic(range, message, DiagnosticSeverity.Error);
    diagnostic.source = 'Unroll';
    diagnostic.code = code;
    return diagnostic;
  });
}
