import { Uri, workspace, type Memento } from 'vscode';
import type { Lesson } from '../../lessons/lesson';
import { quote, quoteAll } from '../../text/quoting';
import { folderOf } from '../../session/experimentText';
import type { LessonFile } from './lessonFiles';
import { translate } from '../../text/translate';

const storeKey = 'unroll.lessonSamples';

/** The experiment of a lesson in the workspace. */
interface LessonExperimentFile {
  /** undefined where the sample has no copy in the workspace yet. */
  readonly uri: Uri | undefined;
  /** Whether the copy of the sample was changed, so that its numbers can be others than the text says. */
  readonly isChanged: boolean;
}

/** Copies a sample to where the user wants it; undefined if that was cancelled. */
type CopySample = (sample: Uri) => Promise<Uri | undefined>;

/** Finds the experiments of lessons: their own files, or copies of samples in the workspace. */
export class LessonSamples {
  /**
   * @param folder of the samples
   * @param store of the workspace: where the copies are
   */
  constructor(
    readonly folder: Uri,
    readonly store: Memento,
    readonly copySample: CopySample,
  ) {}

  /**
   * The experiment of a lesson.
   *
   * @throws with a readable reason if there is none, or it is outside of the workspace
   */
  async find(file: LessonFile, { experiment }: Lesson): Promise<LessonExperimentFile> {
    if (experiment.kind === 'file') return { uri: await ownExperiment(file.uri, experiment.path), isChanged: false };
    const sample = await this.#bytesOfSample(experiment.name);
    const copied = this.#copies()[experiment.name];
    if (copied !== undefined) {
      const uri = Uri.parse(copied);
      const bytes = await bytesOf(uri);
      if (bytes !== undefined) return { uri, isChanged: !isEqual(bytes, sample) };
    }
    // A workspace of samples has the sample itself.
    for (const { uri: folder } of workspace.workspaceFolders ?? []) {
      const uri = Uri.joinPath(folder, experiment.name);
      const bytes = await bytesOf(uri);
      if (bytes === undefined || !isEqual(bytes, sample)) continue;
      // From now on it is the one of this lesson, also when it is changed.
      await this.#remember(experiment.name, uri);
      return { uri, isChanged: false };
    }
    return { uri: undefined, isChanged: false };
  }

  /** Copies the sample of a lesson into the workspace; undefined if that was cancelled. */
  async copy({ experiment }: Lesson): Promise<Uri | undefined> {
    if (experiment.kind === 'file') return undefined;
    const uri = await this.copySample(Uri.joinPath(this.folder, experiment.name));
    if (uri !== undefined) await this.#remember(experiment.name, uri);
    return uri;
  }

  async #remember(name: string, uri: Uri): Promise<void> {
    await this.store.update(storeKey, { ...this.#copies(), [name]: uri.toString() });
  }

  async #bytesOfSample(name: string): Promise<Uint8Array> {
    const bytes = await bytesOf(Uri.joinPath(this.folder, name));
    if (bytes !== undefined) return bytes;
    const names = (await workspace.fs.readDirectory(this.folder)).map(([each]) => each);
    const samples = names.filter((each) => each.endsWith('.rnn.json'));
    throw new Error(translate`There is no sample ${quote(name)}. The samples are ${quoteAll(samples)}.`);
  }

  #copies(): Readonly<Record<string, string>> {
    return this.store.get<Readonly<Record<string, string>>>(storeKey) ?? {};
  }
}

/** The experiment that a lesson of the workspace names, which is in the same workspace folder. */
async function ownExperiment(lesson: Uri, path: string): Promise<Uri> {
  const uri = Uri.joinPath(folderOf(lesson), path);
  const home = workspace.getWorkspaceFolder(lesson)?.uri;
  if (home === undefined || !uri.path.startsWith(`${home.path.replace(/\/$/, '')}/`)) {
    throw new Error(
      translate`The experiment ${quote(path)} is outside of the workspace folder of its lesson. Move it there.`,
    );
  }
  if ((await bytesOf(uri)) === undefined) {
    throw new Error(translate`There is no experiment ${quote(path)}. Write its path from the folder of the lesson.`);
  }
  return uri;
}

async function bytesOf(uri: Uri): Promise<Uint8Array | undefined> {
  return workspace.fs.readFile(uri).then(
    (bytes) => bytes,
    () => undefined,
  );
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
