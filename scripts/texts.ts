import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { levels } from '../src/diagnosis/finding';
import { cellHelp } from '../webview/notebook/cell/cellHelp';
import { cellParts } from '../webview/store/cellParts';

/** All texts in English, in the form that VS Code's tools for translators read; it is not packed. */
export const englishBundle = 'l10n/bundle.l10n.json';

const tags = new Set(['translate', 'english']);
const counters = new Set(['formatCount', 'translateCount']);

/**
 * The English texts of the extension and its pages, sorted: those marked with `translate` and `english`, both numbers of
 * every noun that is counted, and texts that are not marked because they are keys: titles of cells, headings of their
 * parts, levels of findings.
 */
export function textKeys(): readonly string[] {
  const keys = new Set<string>([
    ...Object.keys(cellHelp),
    ...Object.values(cellParts).map(([, heading]) => heading),
    ...levels,
  ]);
  for (const folder of ['src', 'webview']) {
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (path.endsWith('.ts') && !path.endsWith('.d.ts')) addKeysOf(join(folder, path), keys);
    }
  }
  return [...keys].sort();
}

/** The content of the file of English texts. */
export function englishTexts(): string {
  return `${JSON.stringify(Object.fromEntries(textKeys().map((key) => [key, key])), undefined, 2)}\n`;
}

/** The texts of a language that there is, or of the pseudo-language. @throws when there is no such language */
export function textsIn(language: string): Readonly<Record<string, string>> {
  if (language === 'pseudo') return Object.fromEntries(textKeys().map((key) => [key, pseudoText(key)]));
  if (!/^[a-z]{2}(?:-[a-z]{2})?$/.test(language)) throw new Error(`"${language}" is no language, such as zh-cn.`);
  return JSON.parse(readFileSync(`l10n/bundle.l10n.${language}.json`, 'utf8')) as Readonly<Record<string, string>>;
}

const accents: Readonly<Record<string, string>> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', A: 'Á', E: 'É', O: 'Ó' };

/**
 * A text in the pseudo-language: in brackets, with accents, and longer by 40 %, about as much as German or Finnish are.
 * Placeholders and the spaces around it stay.
 */
function pseudoText(text: string): string {
  const [, before = '', inner = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  const accented = inner.replace(/\{\d\}|[aeiouAEO]/g, (part) => accents[part] ?? part);
  return `${before}⟦${accented}${'~'.repeat(Math.ceil(inner.length * 0.4))}⟧${after}`;
}

function addKeysOf(path: string, keys: Set<string>): void {
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && tags.has(node.tag.getText())) keys.add(keyOf(node.template));
    if (ts.isCallExpression(node) && counters.has(node.expression.getText())) {
      for (const noun of literalsIn(node.arguments.at(-1))) keys.add(`{0} ${noun}`).add(`{0} ${noun}s`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
}

function keyOf(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
  return template.templateSpans.reduce((key, { literal }, i) => `${key}{${i}}${literal.text}`, template.head.text);
}

/** The texts that an argument can be: a literal, or the two of a condition. */
function literalsIn(argument: ts.Expression | undefined): readonly string[] {
  if (argument === undefined) return [];
  if (ts.isStringLiteral(argument)) return [argument.text];
  return ts.isConditionalExpression(argument)
    ? [...literalsIn(argument.whenTrue), ...literalsIn(argument.whenFalse)]
    : [];
}
