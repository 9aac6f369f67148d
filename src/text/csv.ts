/** A number in a CSV file, with all of its digits; empty for a missing value (NaN). */
export function csvNumber(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

/**
 * A text as a cell of a CSV file (RFC 4180): in quotes where it has a comma, a quote or a line end. A text that a
 * spreadsheet would run as a formula gets an apostrophe in front, unless it is a number.
 */
export function csvText(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.,]+(?:e[+-]?\d+)?$/i.test(text);
  const cell = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
