import { Uri, window, workspace } from 'vscode';
import { filesOf } from '../data/source';
import { experimentExtension as extension, experimentPath } from '../experiment/document/experimentPath';
import { teachingRank } from './teachingOrder';
import { showQuickPick, type PickItem } from '../platform/quickInput';
import { translate } from '../text/translate';

interface SampleItem extends PickItem {
  readonly file: Uri;
}

/** The experiments that come with the extension. */
export class Samples {
  /**
   * @param folder of the samples and their data files
   * @param sickFolder of the experiments that have one problem each, on the same data files
   */
  constructor(
    readonly folder: Uri,
    readonly sickFolder: Uri,
  ) {}

  /** One item per sample, with its name and notes. */
  async items(): Promise<readonly SampleItem[]> {
    return this.#itemsIn(this.folder);
  }

  /** Lets the user choose an experiment with a known problem and a place for it, and opens it there. */
  async openSick(): Promise<Uri | undefined> {
    const options = {
      title: translate`Open a Sick Network`,
      placeHolder: translate`Which problem?`,
      matchOnDescription: true,
      matchOnDetail: true,
    };
    const chosen = await showQuickPick(this.#itemsIn(this.sickFolder), options);
    return chosen === undefined ? undefined : this.copy(chosen.file);
  }

  async #itemsIn(folder: Uri): Promise<readonly SampleItem[]> {
    const { parseExperiment } = await import('../experiment/parse');
    const names = (await workspace.fs.readDirectory(folder))
      .map(([name]) => name)
      .filter((name) => name.endsWith(extension));
    return Promise.all(
      names
        .sort((a, b) => teachingRank(a) - teachingRank(b))
        .map(async (name) => {
          const file = Uri.joinPath(folder, name);
          const parsed = parseExperiment(await this.#text(file));
          const experiment = parsed.kind === 'experiment' ? parsed.file.resolve(undefined) : undefined;
          const resolved = experiment?.kind === 'resolved' ? experiment.experiment : undefined;
          return {
            label: resolved?.name || name,
            description: name,
            detail: resolved?.notes.split('\n')[0] ?? '',
            file,
          };
        }),
    );
  }

  /** Lets the user choose a place for a sample, copies it there and opens it; undefined if the dialog was cancelled. */
  async copy(sample: Uri): Promise<Uri | undefined> {
    const file = await chooseFile(sample.path.slice(sample.path.lastIndexOf('/') + 1));
    if (file === undefined) return undefined;
    await workspace.fs.copy(sample, file, { overwrite: true });
    await this.#copyData(sample, file);
    await window.showTextDocument(file);
    return file;
  }

  /** Lets the user choose a place for a new experiment and opens it; undefined if the dialog was cancelled. */
  async save(name: string, text: string): Promise<Uri | undefined> {
    const file = await chooseFile(name);
    if (file === undefined) return undefined;
    await workspace.fs.writeFile(file, new TextEncoder().encode(text));
    await window.showTextDocument(file);
    return file;
  }

  /** The data files of all samples are in one folder. A file that already exists is the user's own and isn't overwritten. */
  async #copyData(sample: Uri, file: Uri): Promise<void> {
    const { parseExperiment } = await import('../experiment/parse');
    const parsed = parseExperiment(await this.#text(sample));
    if (parsed.kind === 'refused') return;
    const resolved = parsed.file.resolve(undefined);
    if (resolved.kind === 'refused') return;
    for (const { path } of filesOf(resolved.experiment)) {
      const target = Uri.joinPath(file, '..', path);
      const exists = await workspace.fs.stat(target).then(
        () => true,
        () => false,
      );
      if (!exists) await workspace.fs.copy(Uri.joinPath(this.folder, path), target);
    }
  }

  async #text(file: Uri): Promise<string> {
    return new TextDecoder().decode(await workspace.fs.readFile(file));
  }
}

/** Lets the user choose where an experiment is saved; undefined if the dialog was cancelled. */
async function chooseFile(name: string): Promise<Uri | undefined> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const suggested = folder === undefined ? undefined : await freeName(folder, name);
  const target = await window.showSaveDialog({
    title: translate`Choose a folder for the experiment`,
    ...(suggested === undefined ? {} : { defaultUri: suggested }),
    filters: { Experiments: ['rnn.json'] },
  });
  return target?.with({ path: experimentPath(target.path) });
}

/** A file of this folder that doesn't exist: the name, numbered where it is taken. */
export async function freeName(folder: Uri, name: string): Promise<Uri> {
  const taken = new Set((await workspace.fs.readDirectory(folder)).map(([entry]) => entry));
  const stem = name.slice(0, -extension.length);
  let candidate = name;
  for (let n = 2; taken.has(candidate); n++) candidate = `${stem}-${n}${extension}`;
  return Uri.joinPath(folder, candidate);
}
