import { showErrorMessage } from '../platform/messages';
import { showInputBox } from '../platform/quickInput';
import { reasonOf } from '../protocol/channel';
import {
  isEmpty,
  maxAnnotationsBytes,
  maxNoteLength,
  problemOfTags,
  readAnnotations,
  tagsOf,
  writeAnnotations,
  type Annotations,
} from '../run/annotations';
import { runFiles } from '../run/storage/runFiles';
import type { RunIndex } from '../session/stored/runIndex';
import { nameOf, type StoredRun } from '../session/stored/storedRun';
import { locationOf } from '../session/files/location';
import { runStorage } from '../session/files/hostFiles.node';
import { translate, translateMessage } from '../text/translate';

/** Asks for the tags of runs: several get the same ones besides those that only some of them have. */
export async function editTags(runs: readonly StoredRun[], index: RunIndex): Promise<void> {
  const [first, ...others] = runs;
  if (first === undefined) return;
  const shared = first.annotations.tags.filter((tag) =>
    others.every(({ annotations }) => annotations.tags.includes(tag)),
  );
  const own = runs.map(({ annotations }) => annotations.tags.filter((tag) => !shared.includes(tag)));
  const text = await showInputBox({
    title: translate`Edit Tags`,
    prompt:
      others.length === 0
        ? translate`Tags of "${nameOf(first)}", separated by commas.`
        : translate`Tags that all ${runs.length} runs have, separated by commas.`,
    value: shared.join(', '),
    validateInput: (typed) => problemOfTags(typed, own),
  });
  if (text === undefined) return;
  const wanted = tagsOf(text);
  await annotate(runs, index, ({ tags }) => {
    const kept = tags.filter((tag) => !shared.includes(tag) && !wanted.includes(tag));
    return { tags: tagsOf([...wanted, ...kept].join(',')) };
  });
}

/** Asks for the note of a run. */
export async function editNote(run: StoredRun, index: RunIndex): Promise<void> {
  const note = await showInputBox({
    title: translate`Edit Note`,
    prompt: translate`A note on "${nameOf(run)}". Leave empty to remove it.`,
    value: run.annotations.note,
    validateInput: (typed) =>
      typed.length > maxNoteLength
        ? translate`A note has at most ${maxNoteLength} characters; this one has ${typed.length}.`
        : undefined,
  });
  if (note !== undefined) await annotate([run], index, () => ({ note: note.trim() }));
}

/** Hides runs from lists, or shows them again; their files stay as they are. */
export async function setHidden(runs: readonly StoredRun[], index: RunIndex, isHidden: boolean): Promise<void> {
  await annotate(runs, index, () => ({ isHidden }));
}

/** Changes what is noted about runs, as their files say it now. */
async function annotate(
  runs: readonly StoredRun[],
  index: RunIndex,
  change: (now: Annotations) => Partial<Annotations>,
): Promise<void> {
  for (const { folder } of runs) {
    const storage = runStorage(locationOf(folder));
    try {
      const now = readAnnotations(await storage.read(runFiles.annotations, maxAnnotationsBytes));
      if (now === undefined) throw new Error(translate`${runFiles.annotations} is damaged; repair or delete it.`);
      const next = { ...now, ...change(now) };
      if (isEmpty(next)) await storage.remove(runFiles.annotations);
      else await storage.write(runFiles.annotations, writeAnnotations(next));
      index.touched(folder);
    } catch (error) {
      void showErrorMessage(translate`Nothing can be noted in ${folder.fsPath}: ${translateMessage(reasonOf(error))}`);
      return;
    }
  }
}
