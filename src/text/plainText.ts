/**
 * Replaces the characters that control a terminal or reorder text by `by`: control characters, except tab and line
 * feed, and the bidirectional controls of Unicode (U+061C, U+200E, U+200F, U+202A–U+202E, U+2066–U+2069). The text is
 * not shortened, so the neighbours of a replaced character do not become adjacent.
 */
export function withoutControls(text: string, by = '\u{FFFD}'): string {
  return text.replace(/\r\n/g, '\n').replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, by);
}

/** A message as one line of a terminal: no name in it can begin a line that looks like another message. */
export function singleLine(text: string): string {
  return withoutControls(text).replace(/[\n\t\u2028\u2029]/g, ' ');
}

/**
 * Text for VS Code's labels, tooltips and messages, in which no content is interpreted: controls are replaced, and
 * a space goes before `(` where VS Code would see the beginning of markup.
 *
 * - `[label](command:…)` and `[label](https://…)` become links in notifications, in the prompts of quick inputs and in
 *   progress: `parseLinkedText` (vs/base/common/linkedText.ts). One click on such a link runs a command, also in a
 *   workspace that is not trusted. Its pattern has `](` in it, so `] (` is text.
 * - `$(name)` becomes an icon in quick picks, code lenses, the status bar and completions: `renderLabelWithIcons`
 *   (vs/base/browser/ui/iconLabel/iconLabels.ts). Its pattern has `$(` in it, so `$ (` is text.
 */
export function plainText(text: string): string {
  return withoutControls(text).replace(/[\]$](?=\()/g, '$& ');
}
