import { Uri, type Webview } from 'vscode';
import { pageLanguage } from '../platform/texts';
import { pageHtml, type PageKind } from './pageHtml';

/** The folder of the built webview. */
export function webviewRoot(extension: Uri): Uri {
  return Uri.joinPath(extension, 'dist', 'webview');
}

/** The page of a panel. */
export function pageOf(webview: Webview, extension: Uri, kind: PageKind): string {
  return pageHtml(kind, {
    ...pageLanguage(),
    source: webview.cspSource,
    at: (name) => webview.asWebviewUri(Uri.joinPath(webviewRoot(extension), name)).toString(),
  });
}
