import { window, workspace, type Uri } from 'vscode';
import { readFileStart } from '../data/files/fileReading';
import { experimentExtension } from '../experiment/document/experimentPath';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { showQuickPick, showQuickPickMany, type PickItem } from '../platform/quickInput';
import { reasonOf } from '../protocol/channel';
import type { TableColumnSummary } from '../protocol/trainer';
import { accessIn } from '../session/dataAccess';
import { fileNameOf, folderOf } from '../session/experimentText';
import type { Estimates } from '../session/live/estimates';
import { formatCount } from '../text/numbers';
import { freeName, type Samples } from './samples';
import { translate, translateMessage } from '../text/translate';

/** Maximum number of bytes of a table that are read for its columns. */
const maxBytes = 1024 * 1024;

const title = translate`New Experiment`;

interface StartItem extends PickItem {
  readonly open: () => Promise<Uri | undefined>;
}

/** Makes experiments: from a table, a text, a generated task or a sample. */
export class NewExperiment {
  constructor(
    readonly samples: Samples,
    readonly estimates: Estimates,
  ) {}

  /** Lets the user choose what to start from, and opens the new experiment; undefined if nothing was chosen. */
  async create(): Promise<Uri | undefined> {
    const items = this.samples.items().then((samples): readonly StartItem[] => [
      {
        ...start('table', translate`From a CSV file…`, translate`Choose its columns`),
        open: () => this.#fromFile('CSV', ['csv', 'tsv']),
      },
      {
        ...start('file', translate`From a text file…`, translate`Predicts its next character`),
        open: () => this.#fromFile('Text', ['txt']),
      },
      {
        ...start('beaker', translate`From a generated task…`, translate`With a known baseline`),
        open: () => this.#fromTask(),
      },
      ...samples.map(({ file, ...item }) => ({ ...item, open: () => this.samples.copy(file) })),
    ]);
    const placeHolder = translate`Your own data, a generated task, or a sample to start from`;
    return (await showQuickPick(items, { title, placeHolder, matchOnDetail: true }))?.open();
  }

  /** Makes an experiment of a data file beside it. */
  async from(data: Uri): Promise<Uri | undefined> {
    return /\.txt$/i.test(data.path) ? this.#fromText(data) : this.#fromTable(data);
  }

  async #fromFile(kind: string, endings: string[]): Promise<Uri | undefined> {
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const [chosen] =
      (await window.showOpenDialog({
        title: translate`Choose a data file of the workspace`,
        filters: { [kind]: endings },
        ...(folder === undefined ? {} : { defaultUri: folder }),
      })) ?? [];
    return chosen === undefined ? undefined : this.from(chosen);
  }

  async #fromText(data: Uri): Promise<Uri> {
    const { textExperiment } = await import('../experiment/newExperiment');
    return save(data, textExperiment(stemOf(data), fileNameOf(data)));
  }

  async #fromTable(data: Uri): Promise<Uri | undefined> {
    const columns = this.#columnsOf(data);
    const withNumbers = columns.then((all) => {
      if (all?.some(({ kind }) => kind === 'number') === true) return all;
      const reason = translate`No column of numbers was found in ${fileNameOf(data)}. Check the file, or write "delimiter" and "decimal" in an experiment and preview the table.`;
      if (all !== undefined) void showErrorMessage(reason);
      return undefined;
    });
    const sequence = await this.#sequenceOf(withNumbers);
    if (sequence === 'closed') return undefined;
    const isChoice = ({ name }: TableColumnSummary): boolean => name !== sequence?.name;
    const inputs = await showQuickPickMany(
      withNumbers.then((all) =>
        all
          ?.filter((column) => column.kind === 'number' && isChoice(column))
          .map((column) => ({ ...itemOf(column), picked: !column.isCounter })),
      ),
      { title: translate`Inputs`, placeHolder: translate`Which columns does the net read?` },
    );
    if (inputs === undefined) return undefined;
    if (inputs.length === 0) {
      void showInformationMessage(translate`No input was chosen, so no experiment was made.`);
      return undefined;
    }
    const all = (await withNumbers) ?? [];
    const target = await showQuickPick(
      all.filter((column) => (column.kind === 'number' || column.kind === 'text') && isChoice(column)).map(itemOf),
      {
        title: translate`Target`,
        placeHolder: translate`Which column does it predict? A column of texts is one of classes`,
      },
    );
    if (target === undefined) return undefined;
    const { tableExperiment } = await import('../experiment/newExperiment');
    const isTargetOfSequence = sequence?.sequences?.constants.includes(target.label) === true;
    // A target that is the same in all rows of a sequence would be read from its first row.
    const read = inputs.map(({ label }) => label).filter((name) => !isTargetOfSequence || name !== target.label);
    if (read.length === 0) {
      void showInformationMessage(
        translate`${target.label} has one value in each sequence, so it can't be the only input too. No experiment was made.`,
      );
      return undefined;
    }
    const used = all.filter(({ name }) => name === target.label || read.includes(name));
    const text = tableExperiment(stemOf(data), {
      csv: fileNameOf(data),
      inputs: read,
      target: target.label,
      isClass: target.column.kind === 'text' || (isTargetOfSequence && target.column.isFewWholeNumbers),
      time: all.find(({ isTimeOfRows }) => isTimeOfRows)?.name,
      hasDecimalCommas: used.some(({ isInOtherNotation }) => isInOtherNotation),
      hasGaps: used.some(({ missing }) => missing > 0),
      sequence: sequence?.name,
      isTargetOfSequence,
    });
    return save(data, text);
  }

  /**
   * Asks which column marks the sequences, if one can.
   *
   * @returns undefined if all rows are one sequence; `closed` if the user closed the list
   */
  async #sequenceOf(
    columns: Promise<readonly TableColumnSummary[] | undefined>,
  ): Promise<TableColumnSummary | undefined | 'closed'> {
    const marking = (await columns)?.filter(({ sequences }) => sequences !== undefined) ?? [];
    if (marking.length === 0) return undefined;
    const none = { label: translate`None`, description: translate`All rows are one sequence`, column: undefined };
    const rows = marking.map((column) => ({
      label: column.name,
      description: formatCount(column.sequences?.count ?? 0, 'sequence'),
      column,
    }));
    const chosen = await showQuickPick([none, ...rows], {
      title: translate`Sequences`,
      placeHolder: translate`Which column has one value for the rows of a sequence, and another for the next?`,
    });
    return chosen === undefined ? 'closed' : chosen.column;
  }

  /** The columns of a table; undefined after showing why it can't be read. */
  async #columnsOf(data: Uri): Promise<readonly TableColumnSummary[] | undefined> {
    const name = fileNameOf(data);
    const read = await readFileStart(name, accessIn(folderOf(data)), maxBytes);
    if ('message' in read) {
      void showErrorMessage(read.message);
      return undefined;
    }
    const text = JSON.stringify({ data: { csv: name } });
    return this.estimates.summarizeColumns({ text, variant: undefined, ...read }).catch((error: unknown) => {
      void showErrorMessage(translate`The columns of ${name} can't be read: ${translateMessage(reasonOf(error))}`);
      return undefined;
    });
  }

  async #fromTask(): Promise<Uri | undefined> {
    const { newTasks, taskExperiment } = await import('../experiment/newExperiment');
    const tasks = Object.keys(newTasks) as (keyof typeof newTasks)[];
    const items = tasks.map((task) => ({ label: task, detail: newTasks[task].detail, task }));
    const chosen = await showQuickPick(items, {
      title: translate`Generated Task`,
      placeHolder: translate`Which task?`,
      matchOnDetail: true,
    });
    return chosen && this.samples.save(`${chosen.task}${experimentExtension}`, taskExperiment(chosen.task));
  }
}

function start(icon: string, label: string, detail: string) {
  return { icon, label, detail };
}

function itemOf(column: TableColumnSummary) {
  return { label: column.name, description: column.detail, column };
}

function stemOf(data: Uri): string {
  return fileNameOf(data).replace(/\.[^.]+$/, '');
}

/** Writes an experiment beside its data file, under a name that is free, and opens it. */
async function save(data: Uri, text: string): Promise<Uri> {
  const file = await freeName(folderOf(data), `${stemOf(data)}${experimentExtension}`);
  await workspace.fs.writeFile(file, new TextEncoder().encode(text));
  await window.showTextDocument(file);
  return file;
}
