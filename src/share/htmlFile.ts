import type { ComparisonState } from '../protocol/comparison';
import { pack } from '../protocol/packing';
import type { Recording } from '../protocol/recording';
import { markNumbers } from '../protocol/webviewNumbers';
import { contentSecurityPolicy, pageNonce } from '../text/contentSecurityPolicy';

/** The built files of the page, as text. */
export interface PageFiles {
  /** The script of the page. */
  readonly script: string;
  readonly style: string;
  /** The script that answers the page in place of a host. */
  readonly hostScript: string;
  /** The colours of VS Code's default themes. */
  readonly hostStyle: string;
}

/** Reads the built files of the page by their names in its folder. */
export async function readPageFiles(read: (name: string) => Promise<string>): Promise<PageFiles> {
  const [script, style, hostScript, hostStyle] = await Promise.all([
    read('main.js'),
    read('main.css'),
    read('recorded.js'),
    read('recorded.css'),
  ]);
  return { script, style, hostScript, hostStyle };
}

/** What an HTML file shows. */
export type HtmlContent = {
  /** Shown by the browser as plain text. */
  readonly title: string;
} & (
  | { readonly kind: 'run'; readonly recording: Recording }
  | { readonly kind: 'comparison'; readonly recording: ComparisonState }
);

/**
 * One HTML file with everything that its page needs. Its policy allows exactly these scripts and no request to
 * anywhere; what comes from the run is data, never markup.
 */
export async function htmlFile({ kind, title, recording }: HtmlContent, files: PageFiles): Promise<string> {
  const scripts = [files.hostScript, files.script].map(embeddedScript);
  const style = embeddedStyle(`${files.hostStyle}\n${files.style}`);
  // The toolkit creates a style sheet of its own.
  const nonce = pageNonce();
  const policy = contentSecurityPolicy({
    script: (await Promise.all(scripts.map(sourceOf))).join(' '),
    style: `'nonce-${nonce}'`,
    font: 'data:',
    image: 'blob: data:',
  });
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    <meta name="color-scheme" content="dark light" />
    <meta name="referrer" content="no-referrer" />
    <title>${escapeHtml(title)}</title>
    <style nonce="${nonce}">${style}</style>
  </head>
  <body>
    <noscript><p>This file draws its pictures with JavaScript, which this browser has turned off.</p></noscript>
    <main id="notebook" data-kind="${kind}" data-commands="none"></main>
    <script type="application/octet-stream" id="recording">${await compressed(recording)}</script>
    ${scripts.map((script) => `<script>${script}</script>`).join('\n    ')}
  </body>
</html>
`;
}

/** Bytes of a file with this text. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Text as HTML, also within an attribute in double quotes. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? '');
}

/**
 * A script that can stand in an HTML file: what would end or nest the element is written with an escape, which means the
 * same within strings, templates and regular expressions, the only places of a script that can hold it.
 */
export function embeddedScript(script: string): string {
  return plainLines(script.replace(/^\/\/# sourceMappingURL=.*$/m, '')).replace(/<(?=!--|\/?script)/gi, '\\x3C');
}

/** A style sheet that can stand in an HTML file. */
export function embeddedStyle(style: string): string {
  return plainLines(style.replace(/\/\*# sourceMappingURL=.*?\*\//g, '')).replace(/<\/(?=style)/gi, '<\\/');
}

/** The text as a parser of HTML reads it: the hash is that of the parsed text. */
function plainLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** The source of an inline script in a content security policy: its hash. */
async function sourceOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `'sha256-${base64(new Uint8Array(digest))}'`;
}

/** The message packed, compressed with gzip and written in letters and digits. */
async function compressed(message: unknown): Promise<string> {
  const stream = new Blob([pack(markNumbers(message))]).stream().pipeThrough(new CompressionStream('gzip'));
  return base64(new Uint8Array(await new Response(stream).arrayBuffer()));
}

function base64(bytes: Uint8Array): string {
  const chunk = 0x6000;
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += chunk)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + chunk))));
  return parts.join('');
}
