import { commands as registry, Uri, window, workspace, type Disposable } from 'vscode';
import { commands } from '../platform/ids';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { showQuickPick, type PickItem } from '../platform/quickInput';
import { Cancelled, waitFor } from '../platform/saveFile';
import { reasonOf } from '../protocol/channel';
import {
  curveRoles,
  type CurveMapping,
  type CurveRole,
  type CurveSummary,
  type LogSummary,
} from '../protocol/trainingLog';
import { newRunFolder } from '../run/storage/runFolder';
import { fileNameOf } from '../session/experimentText';
import { chosenFolder } from '../session/files/folderOfRuns';
import type { RunIndex } from '../session/stored/runIndex';
import type { RunReader } from '../session/stored/runReader';
import { formatCount, formatExact, formatNumber } from '../text/numbers';
import { isWithoutDisk } from '../platform/needsDisk';
import { translate, translateMessage } from '../text/translate';

/** What the command uses of the extension. */
interface ImportParts {
  readonly reader: RunReader;
  readonly index: RunIndex;
  readonly showRun: (folder: Uri, focus?: 'panel') => Promise<void>;
}

/** Registers the command that makes a run of a training log of another program. */
export function registerImportLog(parts: ImportParts): Disposable {
  return registry.registerCommand(commands.importLog, async (first?: unknown) => {
    if (isWithoutDisk(translate`Import Training Log`)) return;
    try {
      const log = first instanceof Uri ? first : await chooseLog();
      if (log !== undefined) await importFrom(log, parts);
    } catch (error) {
      if (!(error instanceof Cancelled))
        void showErrorMessage(translate`The log was not imported: ${translateMessage(reasonOf(error))}`);
    }
  });
}

/** A file that the user chooses; a folder is imported from the Explorer. */
async function chooseLog(): Promise<Uri | undefined> {
  const [home] = workspace.workspaceFolders ?? [];
  const [file] =
    (await window.showOpenDialog({
      title: translate`Import Training Log`,
      openLabel: translate`Import`,
      ...(home === undefined ? {} : { defaultUri: home.uri }),
    })) ?? [];
  return file;
}

async function importFrom(log: Uri, parts: ImportParts): Promise<void> {
  if (log.scheme !== 'file') throw new Error(translate`it is not on this machine’s disk.`);
  const { reader } = parts;
  const run = await chooseRun(log, await reader.loggedRuns(log.fsPath));
  if (run === undefined) return;
  const { path } = run;
  const summary = await waitFor(
    translate`Reading ${fileNameOf(run)}`,
    reader.summarizeLog({ path: run.fsPath, stepColumn: undefined }),
  );
  const chosen = await chooseCurves(run, summary, reader);
  if (chosen === undefined) return;
  const { name } = summary;
  const runs = chosenFolder(run);
  const folder = Uri.file(newRunFolder(name, undefined, new Date(), runs.fsPath));
  const { leftOut } = await waitFor(
    translate`Importing ${path}`,
    reader.importLog({ path: run.fsPath, folder: folder.fsPath, name, ...chosen }),
  );
  parts.index.touched(folder);
  await parts.showRun(folder, 'panel');
  if (leftOut.length === 0) return;
  void showInformationMessage(
    leftOut.length === 1
      ? translate`${fileNameOf(run)} is imported. 1 curve that no picture shows is left out; the cell “Run” lists them.`
      : translate`${fileNameOf(run)} is imported. ${leftOut.length} curves that no picture shows are left out; the cell “Run” lists them.`,
  );
}

/** The log of one run; asked for where a folder has those of several. */
async function chooseRun(log: Uri, runs: readonly string[]): Promise<Uri | undefined> {
  const [only, ...more] = runs;
  if (only === undefined) {
    throw new Error(translate`there is no event file of TensorBoard (*tfevents*) in ${fileNameOf(log)}.`);
  }
  if (more.length === 0) return Uri.file(only);
  const items = runs.map((path) => ({ label: workspace.asRelativePath(path), path }));
  const options = {
    title: translate`Import Training Log`,
    placeHolder: translate`Which of these ${runs.length} runs?`,
  };
  const chosen = await showQuickPick(items, options);
  return chosen && Uri.file(chosen.path);
}

const roleNames: Readonly<Record<CurveRole, string>> = {
  loss: translate`Training loss`,
  validationLoss: translate`Validation loss`,
  gradNorm: translate`Norm of the gradient`,
  learningRate: translate`Learning rate`,
  validationAccuracy: translate`Validation accuracy`,
};

interface ChosenCurves {
  readonly mapping: CurveMapping;
  readonly stepColumn: string | null | undefined;
}

/** What the user has each curve be; undefined if the list was closed. */
async function chooseCurves(log: Uri, first: LogSummary, reader: RunReader): Promise<ChosenCurves | undefined> {
  let summary = first;
  let stepColumn: string | null | undefined;
  let mapping: CurveMapping = summary.proposed;
  for (;;) {
    type Row = PickItem & { readonly act: 'import' | 'step' | CurveRole };
    const isTable = summary.format !== 'tensorboard';
    const rows: readonly Row[] = [
      ...(Object.keys(mapping).length === 0 && summary.tensors === 0
        ? []
        : [{ label: translate`Import`, icon: 'check', description: describe(mapping), act: 'import' as const }]),
      ...curveRoles.map((role) => ({
        label: `${roleNames[role]}…`,
        description: mapping[role] ?? translate`none`,
        act: role,
      })),
      ...(isTable
        ? [
            {
              label: translate`Number of the update…`,
              description: summary.stepColumn ?? translate`the row`,
              act: 'step' as const,
            },
          ]
        : []),
    ];
    const options = {
      title: translate`Import ${fileNameOf(log)}`,
      placeHolder: translate`Is each curve what it is called here?`,
    };
    const row = await showQuickPick(rows, options);
    if (row === undefined) return undefined;
    if (row.act === 'import') return { mapping, stepColumn };
    if (row.act === 'step') {
      const column = await chooseStepColumn(summary.stepColumns);
      if (column === undefined) continue;
      stepColumn = column;
      summary = await reader.summarizeLog({ path: log.fsPath, stepColumn });
      const names = new Set(summary.curves.map(({ name }) => name));
      mapping = Object.fromEntries(Object.entries(mapping).filter(([, name]) => names.has(name)));
    } else {
      const curve = await chooseCurve(roleNames[row.act], summary.curves);
      const { [row.act]: _, ...others } = mapping;
      if (curve !== undefined) mapping = curve === null ? others : { ...others, [row.act]: curve };
    }
  }
}

function describe(mapping: CurveMapping): string {
  return curveRoles.flatMap((role) => mapping[role] ?? []).join(', ');
}

/** The name of a curve; null for none, undefined if the list was closed. */
async function chooseCurve(role: string, curves: readonly CurveSummary[]): Promise<string | null | undefined> {
  const items: readonly (PickItem & { readonly curve: string | null })[] = [
    { label: translate`None`, curve: null },
    ...curves.map(({ name, count, firstStep, lastStep, lastValue }) => ({
      label: name,
      description: translate`${formatCount(count, 'value')}, steps ${formatExact(firstStep)} to ${formatExact(lastStep)}, last ${formatNumber(lastValue)}`,
      curve: name,
    })),
  ];
  return (await showQuickPick(items, { title: role, placeHolder: translate`Which curve of the log?` }))?.curve;
}

/** The name of a column; null for the row, undefined if the list was closed. */
async function chooseStepColumn(columns: readonly string[]): Promise<string | null | undefined> {
  const items: readonly (PickItem & { readonly column: string | null })[] = [
    ...columns.map((name) => ({ label: name, column: name })),
    { label: translate`The row`, column: null },
  ];
  const options = { title: translate`Number of the update`, placeHolder: translate`Which column numbers the updates?` };
  return (await showQuickPick(items, options))?.column;
}
