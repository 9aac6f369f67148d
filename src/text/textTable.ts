/** Widest cell of a text table by default, in characters. */
const defaultWidth = 32;

/**
 * A table as aligned text, the first row underlined; cells are on one line, and long ones are cut.
 *
 * @param right the columns that are aligned to the right, from 0
 * @param maxWidth characters of the widest cell
 */
export function formatTextTable(
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
  maxWidth = defaultWidth,
): string {
  const cells = rows.map((row) => row.map((cell) => fit(cell, maxWidth)));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) =>
        right.has(column) ? (row[column] ?? '').padStart(width) : (row[column] ?? '').padEnd(width),
      )
      .join('  ')
      .trimEnd();
  const [header = [], ...body] = cells;
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...body.map(line)].join('\n');
}

/** A text in lines of at most a width, broken at blanks; longer words have lines of their own. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function fit(cell: string, maxWidth: number): string {
  return cell.length > maxWidth ? `${cell.slice(0, maxWidth - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : cell;
}
