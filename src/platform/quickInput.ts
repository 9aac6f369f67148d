import { ThemeIcon, window, type InputBoxOptions, type QuickPickItem, type QuickPickOptions } from 'vscode';
import { plainText } from '../text/plainText';

/** A row of a quick pick. */
export interface PickItem extends Pick<QuickPickItem, 'label' | 'description' | 'detail' | 'picked'> {
  /** Name of a theme icon before the label. */
  readonly icon?: string;
}

/** How a quick pick is shown. */
export type PickOptions = Pick<QuickPickOptions, 'title' | 'placeHolder' | 'matchOnDescription' | 'matchOnDetail'>;

/** A row with the item that it stands for. */
interface Row<T> extends QuickPickItem {
  readonly item: T;
}

/** Lets the person choose one item, as `window.showQuickPick` does. What stands in it is text, whoever wrote it. */
export async function showQuickPick<T extends PickItem>(
  items: readonly T[] | Promise<readonly T[]>,
  options: PickOptions,
): Promise<T | undefined> {
  const rows = Promise.resolve(items).then((all) => all.map(rowOf));
  return (await window.showQuickPick(rows, plainOptions(options)))?.item;
}

/** Lets the person choose any number of items; undefined where they leave it. See showQuickPick. */
export async function showQuickPickMany<T extends PickItem>(
  items: readonly T[],
  options: PickOptions,
): Promise<readonly T[] | undefined> {
  const chosen = await window.showQuickPick(items.map(rowOf), { ...plainOptions(options), canPickMany: true });
  return chosen?.map(({ item }) => item);
}

/** Asks for a line of text, as `window.showInputBox` does. What is said around it is text, whoever wrote it. */
export async function showInputBox(
  options: Pick<InputBoxOptions, 'value' | 'ignoreFocusOut'> & {
    readonly title: string;
    readonly prompt: string;
    /** Why a text is not valid; undefined where it is. */
    readonly validateInput?: (value: string) => string | undefined;
  },
): Promise<string | undefined> {
  const { validateInput } = options;
  return window.showInputBox({
    ...options,
    title: plainText(options.title),
    prompt: plainText(options.prompt),
    ...(validateInput === undefined ? {} : { validateInput: (value) => plainOrNone(validateInput(value)) }),
  });
}

function rowOf<T extends PickItem>(item: T): Row<T> {
  const { label, description, detail, picked, icon } = item;
  return {
    label: plainText(label),
    ...(description === undefined ? {} : { description: plainText(description) }),
    ...(detail === undefined ? {} : { detail: plainText(detail) }),
    ...(picked === undefined ? {} : { picked }),
    ...(icon === undefined ? {} : { iconPath: new ThemeIcon(icon) }),
    item,
  };
}

function plainOptions(options: PickOptions): PickOptions {
  const { title, placeHolder } = options;
  return {
    ...options,
    ...(title === undefined ? {} : { title: plainText(title) }),
    ...(placeHolder === undefined ? {} : { placeHolder: plainText(placeHolder) }),
  };
}

function plainOrNone(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plainText(text);
}
