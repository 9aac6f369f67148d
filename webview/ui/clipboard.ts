import { domToBlob } from 'modern-screenshot';

/** Puts text on the clipboard. @throws where the browser refuses, with its reason */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/**
 * Puts what an element looks like on the clipboard, as PNG, on a background.
 *
 * @param leaveOut what does not belong into the picture, such as buttons
 * @throws where the browser refuses pictures, with its reason
 */
export async function copyPicture(
  source: HTMLElement,
  background: string,
  leaveOut: (node: Node) => boolean,
): Promise<void> {
  const drawn = await domToBlob(source, {
    backgroundColor: background,
    scale: devicePixelRatio,
    // The page may fetch nothing, and the workbench's fonts are the system's own.
    font: false,
    filter: (node) => !leaveOut(node),
  });
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': drawn })]);
}
