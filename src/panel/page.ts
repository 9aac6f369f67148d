import { Uri, type Webview } from 'vscode';

/** Where the built webview lies. */
export function webviewRoot(extension: Uri): Uri {
  return Uri.joinPath(extension, 'dist', 'webview');
}

/** What a page shows. */
export type PageKind = 'run' | 'comparison';

/** The page of a panel: nothing runs or loads but what the extension brought, and nothing connects anywhere. */
export function pageOf(webview: Webview, extension: Uri, kind: PageKind): string {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const at = (name: string): string => webview.asWebviewUri(Uri.joinPath(webviewRoot(extension), name)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} blob: data:`,
    // Neither is covered by default-src: a base would turn relative addresses around, a form would send what it holds.
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    <link rel="stylesheet" href="${at('main.css')}" />
    <title>Unroll</title>
  </head>
  <body>
    <main id="notebook" data-kind="${kind}"></main>
    <script type="module" nonce="${nonce}" src="${at('main.js')}"></script>
  </body>
</html>`;
}
