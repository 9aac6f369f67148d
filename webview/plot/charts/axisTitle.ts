/**
 * The title of a vertical axis: the first that fits, or the last one shortened. A chart cuts a longer one at both ends,
 * where its words can no longer be read.
 *
 * @param titles the same in fewer and fewer words
 * @param room pixels along the axis
 * @param widthOf pixels of a text
 */
export function titleThatFits(titles: readonly string[], room: number, widthOf: (text: string) => number): string {
  const found = titles.find((title) => widthOf(title) <= room);
  if (found !== undefined) return found;
  const characters = Array.from(titles.at(-1) ?? '');
  while (characters.length > 1 && widthOf(`${characters.join('')}…`) > room) characters.pop();
  return characters.length === 0 ? '' : `${characters.join('').trimEnd()}…`;
}
