import {
  DiagnosticSeverity,
  languages,
  Range,
  RelativePattern,
  Uri,
  workspace,
  type Diagnostic,
  type Disposable,
  type TextDocument,
} from 'vscode';
import { readFiles } from '../data/fileReading';
import { filesOf } from '../data/source';
import type { Refusal } from '../experiment/refusal';
import type { ResolvedExperiment } from '../experiment/schema';
import { DisposableStore } from '../platform/disposable';
import { languageId } from '../platform/ids';
import { diagnostic } from '../platform/labels';
import type { Log } from '../platform/log';
import { reasonOf } from '../protocol/channel';
import type { Estimate } from '../protocol/trainer';
import { accessFor } from '../session/dataAccess';
import { folderOf } from '../session/experimentText';
import type { Estimated, Estimates } from '../session/estimates';
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
  readonly #watched = new Map<string, WatchedFiles>();

  constructor(
    launcher: Launcher,
    readonly estimates: Estimates,
    readonly log: Log,
  ) {
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
    for (const { watchers } of this.#watched.values()) watchers.dispose();
    this.#watched.clear();
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
    const { refusals, paths, estimates } = await this.#inspect(document);
    // A newer check is on its way, or the document is gone.
    if (document.version !== version || document.isClosed) return;
    this.#collection.set(document.uri, asDiagnostics(document, refusals));
    this.#watch(document, paths);
    this.estimates.keep(document.uri, estimates);
  }

  async #inspect(document: TextDocument): Promise<Inspected> {
    const { parseExperiment } = await import('../experiment/parse');
    const parsed = parseExperiment(document.getText());
    if (parsed.kind === 'refused') return { refusals: parsed.refusals, paths: [], estimates: new Map() };
    const { file } = parsed;
    const found = new Map<string, Refusal>();
    const paths = new Set<string>();
    const estimates = new Map<string | undefined, Estimated>();
    for (const variant of [undefined, ...file.variants.map(({ name }) => name)]) {
      const resolved = file.resolve(variant);
      if (resolved.kind === 'resolved') for (const { path } of filesOf(resolved.experiment)) paths.add(path);
      const check: Estimate | undefined =
        resolved.kind === 'refused' ? resolved : await this.#estimate(document.uri, resolved.experiment);
      if (check?.kind === 'estimated') estimates.set(variant, check);
      if (check?.kind !== 'refused') continue;
      for (const objection of check.refusals) {
        const place = file.placeOf(objection.keyPath, variant);
        found.set(`${place.offset}:${objection.message}`, { ...objection, place });
      }
    }
    return { refusals: [...found.values()], paths: [...paths], estimates };
  }

  /** undefined where the data are too large to be read at every change. */
  async #estimate(uri: Uri, experiment: ResolvedExperiment): Promise<Estimate | undefined> {
    const read = await readFiles(experiment, accessFor(uri));
    if (read.kind === 'refused') return read;
    const size = [...read.files.values()].reduce((sum, { length }) => sum + length, 0);
    if (size > largestCheckedWhileTyping) return undefined;
    try {
      return await this.estimates.ask(uri, experiment, read.files);
    } catch (error) {
      // Training will say so too, where somebody wants it.
      this.log.warn(`What training takes cannot be estimated: ${reasonOf(error)}`);
      return undefined;
    }
  }

  /** A data file that appears, changes or goes is checked anew, as if the experiment had changed. */
  #watch(document: TextDocument, paths: readonly string[]): void {
    const key = document.uri.toString();
    const files = JSON.stringify(paths);
    const before = this.#watched.get(key);
    if (before?.files === files) return;
    before?.watchers.dispose();
    const watchers = new DisposableStore();
    for (const path of paths) {
      const watcher = watchers.add(workspace.createFileSystemWatcher(patternFor(document.uri, path)));
      const recheck = (): void => {
        this.#checkSoon(document, calmMilliseconds);
      };
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) watchers.add(event(recheck));
    }
    this.#watched.set(key, { files, watchers });
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
    this.#watched.get(uri.toString())?.watchers.dispose();
    this.#watched.delete(uri.toString());
    this.#collection.delete(uri);
    this.estimates.forget(uri);
  }
}

interface Inspected {
  readonly refusals: readonly Refusal[];
  /** Of the files that the experiment names. */
  readonly paths: readonly string[];
  /** By variant; undefined is the experiment itself. */
  readonly estimates: ReadonlyMap<string | undefined, Estimated>;
}

/** The watchers of the files that an experiment names, and which files those are. */
interface WatchedFiles {
  readonly files: string;
  readonly watchers: DisposableStore;
}

function patternFor(experiment: Uri, path: string): RelativePattern {
  const cut = path.lastIndexOf('/');
  // The file's own folder is the base: a pattern does not reach above its base, and the name may hold signs of patterns.
  const name = path.slice(cut + 1).replace(/[*?{}[\]]/g, '?');
  return new RelativePattern(Uri.joinPath(folderOf(experiment), path.slice(0, Math.max(0, cut))), name);
}

function asDiagnostics(document: TextDocument, refusals: readonly Refusal[]): Diagnostic[] {
  return refusals.map(({ code, message, place }) => {
    const range = new Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
    return diagnostic({ range, message, severity: DiagnosticSeverity.Error, code });
  });
}
