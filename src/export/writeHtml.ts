import { env, UIKind, Uri, workspace } from 'vscode';
import { confirm, showInformationMessage } from '../platform/messages';
import { chooseFile, writeText } from '../platform/saveFile';
import { byteLength, readPageFiles, type PageFiles } from '../share/htmlFile';
import { formatMebibytes } from '../text/numbers';
import { translate } from '../text/translate';

/** What an HTML file is called and holds. */
export interface WrittenHtml {
  readonly suggested: Uri;
  /** A sentence on what whoever has the file sees. */
  readonly holds: string;
  /** What it shows, as the object of a sentence. */
  readonly shows: string;
}

/** The built files of the page, from their folder. */
export function pageFilesIn(folder: Uri): Promise<PageFiles> {
  return readPageFiles(async (name) =>
    new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(folder, name))),
  );
}

/** Writes an HTML file after the user has chosen its place, and has seen its size and what it holds. */
export async function writeHtml(html: string, { suggested, holds, shows }: WrittenHtml): Promise<void> {
  const file = await chooseFile(suggested, { HTML: ['html'] });
  if (file === undefined) return;
  const size = formatMebibytes(byteLength(html));
  const detail = translate`${file.fsPath}\n\n${holds} Whoever has the file sees all of it.`;
  if (!(await confirm(translate`Write a file of ${size}?`, detail, translate`Write File`))) return;
  await writeText(file, html);
  const message = translate`${workspace.asRelativePath(file)} (${size}) shows ${shows} in any browser, also offline.`;
  // The browser of the user has no access to the files of another machine.
  const isHere = env.uiKind === UIKind.Desktop && env.remoteName === undefined;
  const open = translate`Open in Browser`;
  const pressed = await showInformationMessage(message, ...(isHere ? [open] : []));
  if (pressed === open) await env.openExternal(file);
}
