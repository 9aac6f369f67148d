import { env, l10n } from 'vscode';
import { setTexts } from '../text/translate';

// Imported before everything else: other modules make texts when they are loaded. VS Code has read the bundle of its
// language by then; in English there is none.
setTexts(l10n.bundle);

/** The language of the extension's pages, as HTML names it, and their texts: English has none. */
export function pageLanguage(): { readonly language: string; readonly texts?: Readonly<Record<string, string>> } {
  return l10n.bundle === undefined ? { language: 'en' } : { language: env.language, texts: l10n.bundle };
}
