import {
  CancellationTokenSource,
  ThemeIcon,
  window,
  type CancellationToken,
  type InputBoxOptions,
  type QuickPickItem,
  type QuickPickOptions,
} from 'vscode';
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

/** Items to choose from, at once or later; undefined where it turns out that there is nothing to choose. */
type Items<T> = readonly T[] | Promise<readonly T[] | undefined>;

/**
 * Lets the person choose one item, as `window.showQuickPick` does: it opens at once, and closes where there is nothing to
 * choose. What stands in it is text, whoever wrote it.
 */
export async function showQuickPick<T extends PickItem>(items: Items<T>, options: PickOptions): Promise<T | undefined> {
  return opened(
    items,
    async (rows, closing) => (await window.showQuickPick(rows, plainOptions(options), closing))?.item,
  );
}

/** Lets the person choose any number of items; undefined where they leave it. See showQuickPick. */
export async function showQuickPickMany<T extends PickItem>(
  items: Items<T>,
  options: PickOptions,
): Promise<readonly T[] | undefined> {
  return opened(items, async (rows, closing) => {
    const chosen = await window.showQuickPick(rows, { ...plainOptions(options), canPickMany: true }, closing);
    return chosen?.map(({ item }) => item);
  });
}

/** Shows rows that may come later, and closes what shows them where they do not come. */
async function opened<T extends PickItem, R>(
  items: Items<T>,
  show: (rows: Promise<Row<T>[]>, closing: CancellationToken) => Promise<R>,
): Promise<R> {
  const source = new CancellationTokenSource();
  const rows = Promise.resolve(items).then((all) => {
    if (all === undefined) source.cancel();
    return (all ?? []).map(rowOf);
  });
  try {
    return await show(rows, source.token);
  } finally {
    source.dispose();
  }
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
