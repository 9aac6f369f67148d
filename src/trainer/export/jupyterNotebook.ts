/**
 * Jupyter notebooks. Definition: nbformat 4.5, "The Notebook file format" of the Jupyter project.
 */

/** A cell of a notebook, without its id. */
interface Cell {
  readonly kind: 'markdown' | 'code';
  readonly text: string;
}

/** A cell of text in Markdown, with formulas between dollar signs. */
export function textCell(text: string): Cell {
  return { kind: 'markdown', text };
}

/** A name from a file as plain text in Markdown: no link, formula or HTML. */
export function escapeMarkdown(name: string): string {
  return name.replace(/[\\`*_{}[\]<>()#+!|~$&-]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}

/** A cell of Python. */
export function codeCell(text: string): Cell {
  return { kind: 'code', text };
}

/** The text of a notebook for Python 3 that has not been run. */
export function notebook(cells: readonly Cell[]): string {
  const stored = cells.map(({ kind, text }, index) => ({
    cell_type: kind,
    id: `cell-${index + 1}`,
    metadata: {},
    source: linesOf(text),
    ...(kind === 'code' ? { execution_count: null, outputs: [] } : {}),
  }));
  const metadata = {
    kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
    language_info: { name: 'python' },
  };
  return `${JSON.stringify({ cells: stored, metadata, nbformat: 4, nbformat_minor: 5 }, undefined, 1)}\n`;
}

/** A text as its lines, each with its line end. */
function linesOf(text: string): readonly string[] {
  return text.split(/(?<=\n)/);
}
