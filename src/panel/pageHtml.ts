import { contentSecurityPolicy, pageNonce } from '../text/contentSecurityPolicy';

/** What a page shows. */
export type PageKind = 'run' | 'comparison' | 'rangeTest' | 'runsTable' | 'lessons';

/** Where a page's files come from. */
export interface PageSource {
  /** The source of styles, fonts and images, as the policy names it. */
  readonly source: string;
  /** The address of a built file of the page. */
  readonly at: (name: string) => string;
  /** Names of scripts that run before the page's own; none in VS Code. */
  readonly before?: readonly string[];
  /** Names of styles besides the page's own; none in VS Code. */
  readonly styles?: readonly string[];
  /** Whether the page's host lacks the commands of VS Code, so that the page shows no buttons for them. */
  readonly hasNoCommands?: boolean;
  /** The language of its texts, as HTML names it; English without. */
  readonly language?: string;
  /** Its texts in that language by the English ones; none in English. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Further directives of the policy; none in VS Code. */
  readonly directives?: readonly string[];
}

/** The HTML of a page. Its policy allows only scripts and files of the extension, and no connections. */
export function pageHtml(
  kind: PageKind,
  { source, at, before = [], styles = [], hasNoCommands = false, language = 'en', texts, directives = [] }: PageSource,
): string {
  const nonce = pageNonce();
  const policy = contentSecurityPolicy({
    script: `'nonce-${nonce}'`,
    style: `${source} 'nonce-${nonce}'`,
    font: source,
    image: `${source} blob: data:`,
    directives,
  });
  const links = [...styles, 'main.css'].map((name) => `<link rel="stylesheet" href="${at(name)}" />`);
  const scripts = before.map((name) => `<script nonce="${nonce}" src="${at(name)}"></script>`);
  return `<!DOCTYPE html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    ${links.join('\n    ')}
    <title>Unroll</title>
  </head>
  <body>
    <main id="notebook" data-kind="${kind}"${hasNoCommands ? ' data-commands="none"' : ''}></main>
    ${textsElement(texts)}${[...scripts, `<script type="module" nonce="${nonce}" src="${at('main.js')}"></script>`].join('\n    ')}
  </body>
</html>`;
}

/** The texts of the page, which read them before anything else. Nothing in them can end the element. */
function textsElement(texts: PageSource['texts']): string {
  if (texts === undefined) return '';
  return `<script type="application/json" id="texts">${JSON.stringify(texts).replaceAll('<', '\\u003c')}</script>\n    `;
}
