import { Uri, window, workspace } from 'vscode';
import { filesOf } from '../data/source';
import { experimentExtension as extension, experimentPath } from '../experiment/document/experimentPath';
import { teachingRank } from './teachingOrder';
import { showQuickPick, type PickItem } from '../platform/quickInput';

interface SampleItem extends PickItem {
  readonly file: Uri;
}

/** The experiments that come with the extension. */
export class Samples {
  constructor(readonly folder: Uri) {}

  /** One item per sample, with its name and notes. */
  async items(): Promise<readonly SampleItem[]> {
    const { parseExperiment } = await import('../experiment/parse');
    const names = (await workspace.fs.readDirectory(this.folder))
      .map(([name]) => name)
      .filter((name) => name.endsWith(extension));
    return Promise.all(
      names
        .sort((a, b) => teachingRank(a) - teachingRank(b))
        .map(async (name) => {
          const file = Uri.joinPath(this.folder, name);
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

  /** Lets the user choose a sample and a place for it, and copies it there with its data files. */
  async create(): Promise<Uri | undefined> {
    const chosen = await showQuickPick(this.items(), {
      title: 'New Experiment',
      placeHolder: 'A sample to start from',
      matchOnDetail: true,
    });
    return chosen === undefined ? undefined : this.copy(chosen.file);
  }

  /** Lets the user choose a place for a sample, copies it there and opens it; undefined if the dialog was cancelled. */
  async copy(sample: Uri): Promise<Uri | undefined> {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const name = sample.path.slice(sample.path.lastIndexOf('/') + 1);
    const suggested = folder === undefined ? undefined : await freeName(folder, name);
    const target = await window.showSaveDialog({
      title: 'Choose a folder for the experiment',
      ...(suggested === undefined ? {} : { defaultUri: suggested }),
      filters: { Experiments: ['rnn.json'] },
    });
    if (target === undefined) return undefined;
    const file = target.with({ path: experimentPath(target.path) });
    await workspace.fs.copy(sample, file, { overwrite: true });
    await this.#copyData(sample, file);
    await window.showTextDocument(file);
    return file;
  }

  /** The data files of a sample are in its folder. A file that already exists is the user's own and isn't overwritten. */
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
      if (!exists) await workspace.fs.copy(Uri.joinPath(sample, '..', path), target);
    }
  }

  async #text(file: Uri): Promise<string> {
    return new TextDecoder().decode(await workspace.fs.readFile(file));
  }
}

async function freeName(folder: Uri, name: string): Promise<Uri> {
  const taken = new Set((await workspace.fs.readDirectory(folder)).map(([entry]) => entry));
  const stem = name.slice(0, -extension.length);
  let candidate = name;
  for (let n = 2; taken.has(candidate); n++) candidate = `${stem}-${n}${extension}`;
  return Uri.joinPath(folder, candidate);
}
