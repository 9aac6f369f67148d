import { commands as registry, FileType, Uri, window, workspace, type Disposable } from 'vscode';
import { commands } from '../../platform/ids';
import { showQuickPick } from '../../platform/quickInput';
import { translate } from '../../text/translate';

/** The link to the page of a rule, which opens in VS Code; it is the target of a diagnostic's code. */
export function rulePage(code: string): Uri {
  return Uri.parse(`command:${commands.showRule}`).with({ query: JSON.stringify([code]) });
}

const extension = '.md';

/**
 * Registers the command that shows the page of a rule as rendered Markdown; without a code, one of all rules is chosen.
 *
 * @param folder the folder of the pages in the extension
 */
export function registerRulePages(folder: Uri): Disposable {
  return registry.registerCommand(commands.showRule, async (code?: unknown) => {
    const codes = await codesIn(folder);
    const chosen = typeof code === 'string' && codes.includes(code) ? code : await choose(folder, codes);
    if (chosen !== undefined) await showPage(Uri.joinPath(folder, `${chosen}${extension}`));
  });
}

async function codesIn(folder: Uri): Promise<readonly string[]> {
  const entries = await workspace.fs.readDirectory(folder);
  return entries
    .filter(([name, type]) => (type & FileType.File) !== 0 && name.endsWith(extension) && name !== 'README.md')
    .map(([name]) => name.slice(0, -extension.length))
    .sort();
}

async function choose(folder: Uri, codes: readonly string[]): Promise<string | undefined> {
  const items = Promise.all(
    codes.map(async (code) => ({ label: code, detail: await summaryOf(Uri.joinPath(folder, `${code}${extension}`)) })),
  );
  return (
    await showQuickPick(items, {
      title: translate`Explain a Finding`,
      placeHolder: translate`Which rule?`,
      matchOnDetail: true,
    })
  )?.label;
}

/** The first paragraph of a page. */
async function summaryOf(page: Uri): Promise<string> {
  const text = new TextDecoder().decode(await workspace.fs.readFile(page));
  return text.split('\n\n')[1]?.replaceAll('\n', ' ') ?? '';
}

/** Where VS Code's Markdown extension is turned off, the page opens as text. */
async function showPage(page: Uri): Promise<void> {
  try {
    await registry.executeCommand('markdown.showPreview', page);
  } catch {
    await window.showTextDocument(page, { preview: true });
  }
}
