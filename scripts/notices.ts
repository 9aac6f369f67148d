import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file of the licenses of everything in the package of the extension that others wrote. */
export const noticesFile = 'THIRD-PARTY-NOTICES.txt';

/** The bundles of the extension's package, by the names of their metafiles in dist/meta. */
export const extensionBundles = ['extension', 'trainer', 'watchThread', 'workerThread', 'cli', 'webview'] as const;

/** The bundles of the package of the terminal runner. */
export const runnerBundles = ['cli', 'workerThread', 'webview'] as const;

type Bundle = (typeof extensionBundles)[number];

/** What others wrote that is in a bundle. */
interface Component {
  /** With its version. */
  readonly name: string;
  /** SPDX expression. */
  readonly license: string;
  /** The texts that have to be passed on with it. */
  readonly text: string;
}

/** The parts of an esbuild metafile that are read. */
interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

/**
 * The notices of the packages whose code is in the given bundles, and of what is in them without being imported: the
 * standard library that AssemblyScript compiles into the kernels, and the icons of the page.
 *
 * @throws where a package names no license
 */
export function noticesOf(bundles: readonly Bundle[]): string {
  const folders = [...new Set(bundles.flatMap(packagesIn))];
  const included = new Set(bundles.flatMap(packagesIncluded));
  const components = [
    ...[...folders, 'node_modules/assemblyscript'].map(componentIn),
    ...[...included].filter((name) => !folders.some((folder) => folder.endsWith(`/${name}`))).map(includedComponent),
    ...(bundles.includes('webview') ? [codicons] : []),
  ];
  // Packages of one project have one text, which is printed once.
  const byText = new Map<string, Component[]>();
  for (const component of components.sort((a, b) => compare(a.name, b.name))) {
    const same = byText.get(component.text) ?? [];
    byText.set(component.text, [...same, component]);
  }
  const sections = [...byText].map(([text, those]) => {
    const names = those.map(({ name, license }) => `${name} (${license})`);
    return `${rule}\n${names.join('\n')}\n${rule}\n\n${text}\n`;
  });
  return `${introduction}\n\n${sections.join('\n')}`;
}

const rule = '-'.repeat(79);

const introduction = `Unroll contains code and pictures of the projects below, under their licenses. This file is made from the
bundles by \`npm run docs\`; do not edit it.`;

/** Drawn from paths in `webview/ui/codicons.ts`, so no bundle names their package. */
const codicons: Component = {
  name: 'Codicons, the icons of the panel',
  license: 'CC-BY-4.0',
  text: `Copyright (c) Microsoft Corporation

The icons are licensed under the Creative Commons Attribution 4.0 International License. The paths of some of
them are embedded unchanged in the page of the panel. The text of the license:
https://creativecommons.org/licenses/by/4.0/legalcode`,
};

const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The files of which a bundle has code. */
function filesIn(bundle: Bundle): readonly string[] {
  const { outputs } = JSON.parse(readFileSync(join('dist', 'meta', `${bundle}.json`), 'utf8')) as Metafile;
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput === 0 ? [] : [file]));
}

/** The folders of the packages of which a bundle has code. */
function packagesIn(bundle: Bundle): readonly string[] {
  return filesIn(bundle).flatMap((file) => packageFolder.exec(file)?.slice(0, 1) ?? []);
}

/**
 * The names of the packages whose code is part of a file of another package, as its source map says: a package that was
 * built into one file with what it needs.
 */
function packagesIncluded(bundle: Bundle): readonly string[] {
  return filesIn(bundle).flatMap((file) => {
    if (!file.includes('node_modules/') || !existsSync(`${file}.map`)) return [];
    const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { readonly sources: readonly string[] };
    return sources.flatMap((source) => packageFolder.exec(source)?.[0].split('node_modules/').slice(-1) ?? []);
  });
}

/** Of a package that is part of a file of another one; its version is not known. */
function includedComponent(name: string): Component {
  const holder = holdersOfIncluded[name];
  if (holder !== undefined) return { name, license: 'MIT', text: mitText(holder) };
  const folder = join('node_modules', name);
  if (!existsSync(folder)) {
    throw new Error(`A bundle has code of ${name}, whose license is not known. Add the holder of its copyright here.`);
  }
  return { ...componentIn(folder), name };
}

/** The holders of the copyright of packages under the MIT license that are not in node_modules. */
const holdersOfIncluded: Readonly<Record<string, string>> = {
  'ajv-formats': '2020 Evgeny Poberezkin',
  'content-type': '2015 Douglas Christopher Wilson',
  'path-browserify': '2013 James Halliday',
};

function componentIn(folder: string): Component {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
    readonly author?: string | { readonly name: string };
  };
  if (license === undefined) throw new Error(`The package.json in ${folder} names no license.`);
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notices?|thirdpartynotices)\b/i.test(file));
  const texts = files.sort(compare).map((file) => normalized(readFileSync(join(folder, file), 'utf8')));
  const holder = typeof author === 'string' ? author : (author?.name ?? `The authors of ${name}`);
  return {
    name: `${name} ${version}`,
    license,
    text: texts.length > 0 ? texts.join('\n\n') : withoutFile(license, holder, folder),
  };
}

/**
 * The texts of a package whose files begin with them: its notice, and the license of a part that others wrote. The text of
 * the Apache license is that of another package.
 */
function noticesInFiles(folder: string): readonly string[] {
  const headOf = (file: string): string =>
    (/^(?:\/\/.*\n)+/.exec(readFileSync(join(folder, file), 'utf8'))?.[0] ?? '').replace(/^\/\/ ?/gm, '');
  const apache = readFileSync(join('node_modules', 'typescript', 'LICENSE.txt'), 'utf8');
  return [...['dist/esm/wire/binary-encoding.js', 'dist/esm/wire/varint.js'].map(headOf), apache].map(normalized);
}

/** The text of a package that has no file with it. */
function withoutFile(license: string, holder: string, folder: string): string {
  if (folder.endsWith('@bufbuild/protobuf')) return noticesInFiles(folder).join('\n\n');
  if (license !== 'MIT') {
    throw new Error(`${folder} has no file with the text of its license ${license}. Add it here by hand.`);
  }
  return mitText(holder);
}

/** The text of the MIT license: that of this project's own license, with another holder. */
function mitText(holder: string): string {
  return normalized(readFileSync('LICENSE', 'utf8')).replace(/^Copyright .*$/m, `Copyright (c) ${holder}`);
}

function normalized(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .trim();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
