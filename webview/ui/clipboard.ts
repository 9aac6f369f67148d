import { domToBlob } from 'modern-screenshot';

/** Copies text to the clipboard. @throws the browser's error if it refuses */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/**
 * Copies a rendering of an element to the clipboard as PNG.
 *
 * @param leaveOut nodes to leave out of the picture, such as buttons
 * @throws the browser's error if it refuses pictures
 */
export async function copyPicture(
  source: HTMLElement,
  background: string,
  leaveOut: (node: Node) => boolean,
): Promise<void> {
  const drawn = await pngOf(source, background, leaveOut);
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': drawn })]);
}

/** A rendering of an element as PNG, at the resolution of the screen; the parameters are those of `copyPicture`. */
export function pngOf(source: HTMLElement, background: string, leaveOut: (node: Node) => boolean): Promise<Blob> {
  return domToBlob(source, {
    backgroundColor: background,
    scale: devicePixelRatio,
    // The page's CSP forbids fetching, and the workbench uses system fonts.
    font: false,
    filter: (node) => !leaveOut(node),
  });
}
