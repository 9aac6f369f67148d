import {
  ThemeIcon,
  window,
  type Disposable,
  type QuickInput,
  type QuickPick,
  type QuickPickItem,
  type QuickPickOptions,
} from 'vscode';
import { plainText } from '../text/plainText';
import { isPageLoading, onDidEndLoading } from './loadingPages';

/** A row of a quick pick. */
export interface PickItem extends Pick<QuickPickItem, 'label' | 'description' | 'detail' | 'picked'> {
  /** Name of a theme icon before the label. */
  readonly icon?: string;
}

/** How a quick pick is shown. */
export type PickOptions = Pick<QuickPickOptions, 'title' | 'placeHolder' | 'matchOnDescription' | 'matchOnDetail'>;

/** A row and its item. */
interface Row<T> extends QuickPickItem {
  readonly item: T;
}

/** Items to choose from, or a promise of them; undefined closes the list because there is nothing to choose. */
type Items<T> = readonly T[] | Promise<readonly T[] | undefined>;

/**
 * Lets the user choose one item. The list opens at once, before the items are known. Labels and descriptions are shown as
 * plain text.
 *
 * @returns the item; undefined if the user closed the list or there is nothing to choose
 */
export async function showQuickPick<T extends PickItem>(items: Items<T>, options: PickOptions): Promise<T | undefined> {
  return (await pick(items, options, false))?.[0];
}

/** Lets the user choose any number of items; undefined if the list was closed. See showQuickPick. */
export async function showQuickPickMany<T extends PickItem>(
  items: Items<T>,
  options: PickOptions,
): Promise<readonly T[] | undefined> {
  return pick(items, options, true);
}

async function pick<T extends PickItem>(
  items: Items<T>,
  options: PickOptions,
  canSelectMany: boolean,
): Promise<readonly T[] | undefined> {
  const list: QuickPick<Row<T>> = window.createQuickPick<Row<T>>();
  const { title, placeHolder, matchOnDescription = false, matchOnDetail = false } = options;
  list.canSelectMany = canSelectMany;
  list.matchOnDescription = matchOnDescription;
  list.matchOnDetail = matchOnDetail;
  list.busy = true;
  if (title !== undefined) list.title = plainText(title);
  if (placeHolder !== undefined) list.placeholder = plainText(placeHolder);
  const chosen = resultOf(list, () => {
    // With multiple selection, Enter also accepts an empty selection, but not while there is nothing to select yet.
    const isChoice = canSelectMany ? !list.busy : list.selectedItems.length > 0;
    return isChoice ? list.selectedItems.map(({ item }) => item) : undefined;
  });
  try {
    const all = await Promise.race([items, chosen.then(() => undefined)]);
    if (all === undefined) return undefined;
    const rows = all.map((item) => rowOf(item));
    list.items = rows;
    if (canSelectMany) list.selectedItems = rows.filter((row) => row.picked === true);
    list.busy = false;
    return await chosen;
  } finally {
    list.dispose();
  }
}

/** How an input box is shown. */
interface InputOptions {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  /** Whether the box stays open when another part of VS Code takes the focus. */
  readonly ignoreFocusOut?: boolean;
  /** Why a text isn't valid; undefined if it is. */
  readonly validateInput?: (value: string) => string | undefined;
}

/** Asks for a line of text; undefined if the user closed the box. Title, prompt and message are shown as plain text. */
export async function showInputBox(options: InputOptions): Promise<string | undefined> {
  const box = window.createInputBox();
  box.title = plainText(options.title);
  box.prompt = plainText(options.prompt);
  box.value = options.value ?? '';
  box.valueSelection = [0, box.value.length];
  const problem = (): string | undefined => plainOrNone(options.validateInput?.(box.value));
  box.validationMessage = problem();
  const typing = box.onDidChangeValue(() => {
    box.validationMessage = problem();
  });
  try {
    return await resultOf(box, () => (problem() === undefined ? box.value : undefined), options.ignoreFocusOut);
  } finally {
    typing.dispose();
    box.dispose();
  }
}

/** A quick input that can be accepted: a quick pick or an input box. */
type Accepting = QuickInput & { readonly onDidAccept: (listener: () => void) => Disposable };

/**
 * Shows a quick input until the user accepts a valid result or closes it. VS Code gives the focus to a page that finishes
 * loading, which would close the input. So it stays open while a page loads, and takes the focus back afterwards.
 *
 * @param result the current result; undefined while it isn't valid
 * @returns the accepted result; undefined if the user closed the input
 */
function resultOf<R>(input: Accepting, result: () => R | undefined, ignoreFocusOut = false): Promise<R | undefined> {
  return new Promise((resolve) => {
    let isShownAgain = false;
    input.ignoreFocusOut = ignoreFocusOut || isPageLoading();
    const subscriptions = [
      input.onDidAccept(() => {
        const accepted = result();
        if (accepted !== undefined) end(accepted);
      }),
      input.onDidHide(() => {
        if (isShownAgain) isShownAgain = false;
        else end(undefined);
      }),
      onDidEndLoading(() => {
        if (ignoreFocusOut || !input.ignoreFocusOut || isPageLoading()) return;
        isShownAgain = true;
        input.hide();
        input.ignoreFocusOut = false;
        input.show();
      }),
    ];
    const end = (value: R | undefined): void => {
      for (const subscription of subscriptions) subscription.dispose();
      resolve(value);
    };
    input.show();
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

function plainOrNone(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plainText(text);
}
