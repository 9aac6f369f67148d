import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The modules whose styles belong to them alone; shared styles are in ui, plot, theme or notebook. */
const ownsItsStyles = /^webview\/(comparison|net|notebook\/[^/]+)$/;

const files = readdirSync('webview', { recursive: true, encoding: 'utf8' }).map((name) => join('webview', name));
const sheets = files.filter((file) => file.endsWith('.css'));
const sources = files.filter((file) => file.endsWith('.ts')).map((file) => ({ file, lists: classListsIn(file) }));

/** The lists of class names that a source puts on elements; `finding ${level}` is one list of two. */
function classListsIn(file: string): readonly (readonly string[])[] {
  const text = readFileSync(file, 'utf8');
  const places =
    /(?:\bclass: |\bcanvasClass: |classList\.\w+\(|setAttribute\('class', |new SurfaceLine\(|\bclass=\$\{)([^\n]*)/g;
  const lists = [...text.matchAll(places)].flatMap(([, rest = '']) =>
    [...rest.matchAll(/'([^']*)'|`([^`]*)`/g)].map(([, plain, template]) => plain ?? template ?? ''),
  );
  const attributes = [...text.matchAll(/\bclass="([^"]*)"/g)].map(([, list = '']) => list);
  return [...lists, ...attributes].map((list) => list.split(/\s+/));
}

/** Whether a list has this class; for a name like `part-${part}` the prefix is compared. */
function has(list: readonly string[], className: string): boolean {
  return list.some((name) => {
    const [prefix = '', ...rest] = name.split('${');
    return rest.length === 0 ? name === className : prefix !== '' && className.startsWith(prefix);
  });
}

/** Whether a list may give an element the state `state` beside `first`: by name, or as a name that is computed. */
function mayHave(list: readonly string[], first: string, state: string): boolean {
  return has(list, state) || (has(list, first) && list.some((name) => name.startsWith('${')));
}

/** The selectors of a style sheet, each as the class names of its parts: `.finding.warning p` is [[finding, warning]]. */
function selectorsOf(sheet: string): readonly (readonly (readonly string[])[])[] {
  const css = readFileSync(sheet, 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
  return [...css.matchAll(/([^{};]+)\{/g)]
    .flatMap(([, list = '']) => (list.trim().startsWith('@') ? [] : list.split(',')))
    .map((selector) =>
      selector
        .split(/[\s>+~]+/)
        .map((part) => [...part.matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => name))
        .filter((names) => names.length > 0),
    );
}

describe('The style sheets of the page', () => {
  it('style only classes that a source puts on elements', () => {
    const every = sources.flatMap(({ lists }) => lists);
    const unused = sheets.flatMap((sheet) =>
      selectorsOf(sheet).flatMap((parts) =>
        parts.flatMap(([first = '', ...states]) => [
          ...(every.some((list) => has(list, first)) ? [] : [first]),
          ...states.filter((state) => !every.some((list) => mayHave(list, first, state))),
        ]),
      ),
    );
    assert.deepEqual([...new Set(unused)], []);
  });

  it('keep the styles of a module in its own folder', () => {
    const misplaced = sheets
      .filter((sheet) => ownsItsStyles.test(dirname(sheet)))
      .flatMap((sheet) =>
        selectorsOf(sheet).flatMap((parts) => {
          const outside = sources.filter(({ file }) => dirname(file) !== dirname(sheet));
          const isOwn = parts
            .flat()
            .some((name) => !outside.some(({ lists }) => lists.some((list) => has(list, name))));
          return isOwn ? [] : [`${sheet}: .${parts.flat().join(' .')}`];
        }),
      );
    assert.deepEqual(misplaced, []);
  });

  it('are found', () => {
    assert.ok(sheets.length > 20);
  });
});
