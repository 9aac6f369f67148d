import { commands as registry, FileType, Uri, window, workspace, type Disposable } from 'vscode';
import type { ExperimentFile } from '../experiment/experimentFile';
import { commands } from '../platform/ids';
import { confirm, showErrorMessage, showInformationMessage } from '../platform/messages';
import { showQuickPick } from '../platform/quickInput';
import { Cancelled, chooseFile, waitFor, writeText } from '../platform/saveFile';
import { reasonOf } from '../protocol/channel';
import { recorderName } from '../protocol/trainer';
import { memberName } from '../run/displayName';
import { defaultRunsFolder } from '../run/storage/runFolder';
import { experimentName, fileNameOf, folderOf, pathFrom, readExperiment } from '../session/experimentText';
import { exportedProgram } from '../session/live/exportedProgram';
import type { Target } from '../session/sessions';
import { targetOf } from '../session/targets';
import type { StartTrainerWorker } from '../session/trainers/trainerWorker';
import { translate, translateMessage } from '../text/translate';

/** Registers the command that exports an experiment as a PyTorch program. */
export function registerExport(startWorker: StartTrainerWorker): Disposable {
  return registry.registerCommand(commands.exportPyTorch, async (first?: unknown, second?: unknown) => {
    const target = targetOf(first, second);
    if (target === undefined) {
      void showInformationMessage(translate`Open an experiment (*.rnn.json) to export it.`);
      return;
    }
    try {
      await exportTarget(target, second === undefined, startWorker);
    } catch (error) {
      if (!(error instanceof Cancelled))
        void showErrorMessage(translate`Not exported: ${translateMessage(reasonOf(error))}`);
    }
  });
}

/** @param asks whether the variant is asked for, where there are any */
async function exportTarget({ uri, variant }: Target, asks: boolean, startWorker: StartTrainerWorker): Promise<void> {
  const parsed = await readExperiment(uri);
  if (parsed.kind === 'refused') throw new Error(parsed.problems[0]?.message ?? translate`the file has a problem.`);
  const member = await memberOf(
    parsed.file,
    asks ? [undefined, ...parsed.file.variants.map(({ name }) => name)] : [variant],
  );
  if (member === undefined) return;
  const resolved = parsed.file.resolve(member.variant, member.seed);
  if (resolved.kind === 'refused')
    throw new Error(resolved.problems[0]?.message ?? translate`the experiment has a problem.`);
  const { experiment } = resolved;
  const stem = fileNameOf(uri).replace(/\.rnn\.json$/, '');
  const script = await chooseFile(Uri.joinPath(folderOf(uri), `${stem}.py`), {
    Python: ['py'],
    'Jupyter notebook': ['ipynb'],
  });
  if (script === undefined) return;
  const isNotebook = script.path.endsWith('.ipynb');
  const tensors = Uri.joinPath(folderOf(script), `${fileNameOf(script).replace(/\.(?:py|ipynb)$/, '')}.safetensors`);
  if (!(await mayReplace(tensors))) return;
  const name = memberName(member.variant, member.seed);
  const text =
    'text' in experiment.data
      ? pathFrom(folderOf(script), Uri.joinPath(folderOf(uri), experiment.data.text))
      : undefined;
  if ('text' in experiment.data && text === undefined) {
    throw new Error(
      translate`There is no path from ${fileNameOf(script)} to the text. Save the program on the drive of the text.`,
    );
  }
  const outcome = await waitFor(
    translate`Exporting ${fileNameOf(script)}`,
    exportedProgram(
      { uri, ...member },
      experiment,
      {
        kind: isNotebook ? 'notebook' : 'script',
        experiment: `${experimentName(experiment.name, uri)}${name === undefined ? '' : `, ${name}`}`,
        tensors: fileNameOf(tensors),
        text,
      },
      startWorker,
    ),
  );
  if (outcome.kind === 'ended') return;
  if (outcome.kind === 'failed') throw new Error(outcome.message);
  await workspace.fs.writeFile(tensors, outcome.program.tensors);
  await writeText(script, outcome.program.script);
  if (outcome.program.recorder !== undefined) {
    await writeRecorder(Uri.joinPath(folderOf(script), recorderName), outcome.program.recorder);
  }
  // A notebook is shown by the extension that the user has for it.
  if (isNotebook) await registry.executeCommand('vscode.open', script);
  else await window.showTextDocument(script);
  void showInformationMessage(
    translate`${fileNameOf(script)} trains this experiment in PyTorch, with the initial weights in ${fileNameOf(tensors)}.${isNotebook ? '' : translate` With “--records ${defaultRunsFolder}/${fileNameOf(script).replace(/\.py$/, '')}” its run is listed in Unroll: Runs while it trains, also under torchrun.`}`,
  );
}

type Member = Pick<Target, 'variant' | 'seed'>;

/** The experiment, variant and seed to export, chosen by the user where there are several; undefined if the list was closed. */
async function memberOf(file: ExperimentFile, variants: readonly (string | undefined)[]): Promise<Member | undefined> {
  const members = variants.flatMap((one) => file.membersOf(one));
  const [only, ...more] = members;
  if (more.length === 0) return only;
  const items = members.map((member) => ({
    label: memberName(member.variant, member.seed) ?? translate`The experiment itself`,
    member,
  }));
  return (await showQuickPick(items, { title: translate`Export`, placeHolder: translate`Which one?` }))?.member;
}

/** Writes the recorder for PyTorch, unless there is one: it may have been changed. */
async function writeRecorder(file: Uri, recorder: string): Promise<void> {
  const isThere = await Promise.resolve(workspace.fs.stat(file)).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeText(file, recorder);
}

/** Whether a file may be written: it does not exist, or the user agrees to replace it. */
async function mayReplace(file: Uri): Promise<boolean> {
  const entry = await Promise.resolve(workspace.fs.stat(file)).catch(() => undefined);
  if (entry === undefined) return true;
  if ((entry.type & FileType.Directory) !== 0)
    throw new Error(translate`${fileNameOf(file)} is a folder. Choose another name.`);
  return confirm(
    translate`Replace ${fileNameOf(file)}?`,
    translate`The program has its tensors in this file, which exists.`,
    translate`Replace`,
  );
}
