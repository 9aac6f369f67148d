import {
  EventEmitter,
  languages,
  Uri,
  ViewColumn,
  window,
  workspace,
  type Disposable,
  type Event,
  type TextDocumentContentProvider,
} from 'vscode';
import { readFileStart } from '../data/files/fileReading';
import { DisposableStore } from '../platform/disposable';
import { completeStep } from '../platform/completedSteps';
import { contextKeys, previewScheme } from '../platform/ids';
import type { Log } from '../platform/log';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { reasonOf } from '../protocol/channel';
import { accessFor } from '../session/dataAccess';
import type { Estimates } from '../session/live/estimates';
import { fileNameOf, readExperimentText } from '../session/experimentText';
import type { Target } from '../session/sessions';
import { translate, translateMessage } from '../text/translate';

/** Maximum number of bytes of a table that are read for its preview. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Shows the tables of experiments as they are read, in read-only documents. They follow the experiment and the data: the
 * check of the experiment, which runs after every change of either, makes them again.
 */
export class TablePreviews implements TextDocumentContentProvider, Disposable {
  readonly #changed = new EventEmitter<Uri>();
  readonly #owned = new DisposableStore();

  readonly onDidChange: Event<Uri> = this.#changed.event;

  constructor(
    readonly estimates: Estimates,
    readonly log: Log,
  ) {
    this.#owned.add(workspace.registerTextDocumentContentProvider(previewScheme, this));
    this.#owned.add(
      estimates.onDidCheck((experiment) => {
        // One that is not visible is made again when it is shown.
        for (const { uri } of window.visibleTextEditors.map(({ document }) => document)) {
          if (uri.scheme === previewScheme && targetOf(uri)?.uri.toString() === experiment.toString()) {
            this.#changed.fire(uri);
          }
        }
      }),
    );
  }

  /** Opens the preview of a target's table; without a target, or without a table, it says so. */
  async show(target: Target | undefined): Promise<void> {
    if (target === undefined) {
      void showInformationMessage(translate`Open an experiment (*.rnn.json) that names a table in "csv".`);
      return;
    }
    completeStep(contextKeys.hasPreviewed);
    try {
      const document = await workspace.openTextDocument(uriOf(target));
      await languages.setTextDocumentLanguage(document, 'plaintext');
      const viewColumn = window.activeTextEditor === undefined ? ViewColumn.Active : ViewColumn.Beside;
      await window.showTextDocument(document, { preview: true, viewColumn });
    } catch (error) {
      void showErrorMessage(translate`The table can't be previewed: ${translateMessage(reasonOf(error))}`);
    }
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const target = targetOf(uri);
    if (target === undefined)
      return translate`This is not the preview of an experiment.
`;
    const { uri: experiment, variant } = target;
    try {
      const text = await readExperimentText(experiment);
      const { writtenTable } = await import('../experiment/writtenTable');
      const table = writtenTable(text, variant);
      const read =
        table === undefined
          ? { bytes: new Uint8Array(), isCut: false }
          : await readFileStart(table.csv, accessFor(experiment), maxBytes);
      if ('message' in read) return `${read.message}\n`;
      const request = async (): Promise<string> => this.estimates.previewTable({ text, variant, ...read });
      // A check of a newer text cancels the requests before it.
      return await request().catch(request);
    } catch (error) {
      this.log.warn(`A table can't be previewed: ${reasonOf(error)}`);
      return translate`The table can't be previewed: ${translateMessage(reasonOf(error))}\n`;
    }
  }

  dispose(): void {
    this.#owned.dispose();
    this.#changed.dispose();
  }
}

/** The document of a target's preview: its path is what the tab shows. */
function uriOf({ uri, variant }: Target): Uri {
  const name = fileNameOf(uri).replace(/\.rnn\.json$/i, '');
  const of = variant === undefined ? '' : ` (${variant.replaceAll('/', '∕')})`;
  return Uri.from({
    scheme: previewScheme,
    path: `/Table of ${name}${of}`,
    query: JSON.stringify({ experiment: uri.toString(), variant }),
  });
}

/** The target of a preview; undefined for a URI that this extension has not made. */
function targetOf({ query }: Uri): Target | undefined {
  let value: unknown;
  try {
    value = JSON.parse(query);
  } catch {
    return undefined;
  }
  const { experiment, variant } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof experiment !== 'string' || !/\.rnn\.json$/i.test(experiment)) return undefined;
  return { uri: Uri.parse(experiment), variant: typeof variant === 'string' ? variant : undefined };
}
