import { html, type TemplateResult } from 'lit-html';
import type { Block, Inline } from '../../src/lessons/markdown';
import { notation } from '../ui/notation';

/** Pieces of a line as a template: every text is text, never markup. */
export function inlineTemplate(pieces: readonly Inline[]): readonly (TemplateResult | readonly (Node | string)[])[] {
  return pieces.map((piece) => {
    switch (piece.kind) {
      case 'text':
        return notation(piece.text);
      case 'code':
        return html`<code>${piece.text}</code>`;
      case 'strong':
        return html`<strong>${inlineTemplate(piece.content)}</strong>`;
      case 'emphasis':
        return html`<em>${inlineTemplate(piece.content)}</em>`;
      default:
        return piece satisfies never;
    }
  });
}

/** Blocks of a lesson's text as a template. */
export function blocksTemplate(blocks: readonly Block[]): readonly TemplateResult[] {
  return blocks.map((block) => {
    switch (block.kind) {
      case 'heading':
        return html`<h3>${inlineTemplate(block.content)}</h3>`;
      case 'paragraph':
        return html`<p>${inlineTemplate(block.content)}</p>`;
      case 'list':
        return listTemplate(block);
      case 'lines':
        return html`<div class="lesson-lines">
          ${block.text.split('\n').map((line) => html`<div>${notation(line)}</div>`)}
        </div>`;
      default:
        return block satisfies never;
    }
  });
}

function listTemplate({ isOrdered, items }: Extract<Block, { kind: 'list' }>): TemplateResult {
  const rows = items.map((item) => html`<li>${inlineTemplate(item)}</li>`);
  return isOrdered
    ? html`<ol>
        ${rows}
      </ol>`
    : html`<ul>
        ${rows}
      </ul>`;
}
