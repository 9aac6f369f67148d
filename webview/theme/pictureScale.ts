/** The font size (px) for which the lengths of the pictures are written: VS Code's own. */
const writtenFontSize = 13;

let scale = 1;

/** By how much the type of the page, and with it the pictures, is larger than VS Code's. */
export function pictureScale(): number {
  return scale;
}

/** @param fontSize of the page, px */
export function setPictureScale(fontSize: number): void {
  scale = fontSize / writtenFontSize;
}
