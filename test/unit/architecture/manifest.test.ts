import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  comparisonViewType,
  panelViewType,
  problemMatchers,
  rangeTestViewType,
  runsTableViewType,
} from '../../../src/platform/ids';
import { inputSchemaOf, toolDefinitions } from '../../../src/tools/toolDefinitions';
import { toolNames } from '../../../src/tools/toolNames';

const source = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(source) as Readonly<Record<string, unknown>>;
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;

/** Every string in a value, at any depth. */
function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

describe('package.json', () => {
  it('takes each text from package.nls.json, which has no others', () => {
    const used = new Set(strings(manifest).flatMap((text) => /^%(.+)%$/.exec(text)?.slice(1) ?? []));
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });

  it('depends only on libraries that CONTRIBUTING.md names', () => {
    const { dependencies, devDependencies } = manifest as Record<'dependencies' | 'devDependencies', object>;
    const contributing = readFileSync('CONTRIBUTING.md', 'utf8');
    const named = new Set(contributing.match(/@?[a-z\d][a-z\d/@.-]*/g));
    // Types belong to their library; those of VS Code and of Node belong to none.
    const libraries = Object.keys({ ...dependencies, ...devDependencies })
      .map((name) => name.replace('@types/', ''))
      .filter((name) => !['vscode', 'node'].includes(name));
    assert.deepEqual(
      libraries.filter((name) => !named.has(name)),
      [],
    );
  });

  it('points to files that exist', () => {
    const paths = strings(manifest['contributes']).filter((text) => text.startsWith('./'));
    assert.notDeepEqual(paths, []);
    assert.deepEqual(
      paths.filter((path) => !existsSync(join('.', path))),
      [],
    );
  });

  it('locks the editor groups of exactly the panels that there are', () => {
    const { contributes } = manifest as {
      contributes: { configurationDefaults: Readonly<Record<string, Readonly<Record<string, boolean>>>> };
    };
    const locked = contributes.configurationDefaults['workbench.editor.autoLockGroups'];
    // VS Code names the editor of a webview by the prefix and the type of its panel.
    const viewTypes = [panelViewType, comparisonViewType, rangeTestViewType, runsTableViewType].map(
      (viewType) => `mainThreadWebview-${viewType}`,
    );
    assert.deepEqual(Object.keys(locked ?? {}).sort(), viewTypes.sort());
  });

  it('reads the lines of the terminal runner on every system', () => {
    const { contributes } = manifest as {
      contributes: { problemMatchers: readonly { name: string; pattern: { regexp: string } }[] };
    };
    const matchers = contributes.problemMatchers.map(({ name, pattern }) => ({
      name: `$${name}`,
      expression: new RegExp(pattern.regexp),
    }));
    assert.deepEqual(
      matchers.map(({ name }) => name),
      [...problemMatchers],
    );
    const read = (line: string) =>
      matchers.flatMap(({ name, expression }) => {
        const found = expression.exec(line);
        return found === null ? [] : [[name, ...found.slice(1)]];
      });
    assert.deepEqual(read('C:\\a b\\x.rnn.json:3:14: "hiden" is no key: 1:2: 3'), [
      ['$unroll', 'C:\\a b\\x.rnn.json', '3', '14', '"hiden" is no key: 1:2: 3'],
    ]);
    assert.deepEqual(read('/a/x.rnn.json:5:3: Not met: loss.below. It is 2.'), [
      ['$unroll-expectations', '/a/x.rnn.json', '5', '3', 'Not met: loss.below. It is 2.'],
    ]);
    assert.deepEqual(read('warning at model.hidden, update 20: few units'), []);
    assert.deepEqual(read('Finished: 20 updates, loss 0.1. Records: /a/records.arrows'), []);
  });

  it('has pictures for its walkthrough in the colors of the theme alone', () => {
    const pictures = [...new Set(source.match(/media\/walkthrough\/[a-z]+\.svg/g))];
    assert.equal(pictures.length, 6);
    for (const picture of pictures) {
      const colors = readFileSync(picture, 'utf8').matchAll(/(?:fill|stroke)="([^"]+)"/g);
      const own = [...colors].map(([, color = '']) => color).filter((color) => !/^none$|^var\(--vscode-/.test(color));
      assert.deepEqual(own, [], picture);
    }
  });

  it('requires the VS Code version of its type definitions', () => {
    const { engines } = manifest as { engines: { vscode: string } };
    const types = JSON.parse(readFileSync('node_modules/@types/vscode/package.json', 'utf8')) as { version: string };
    const minor = (version: string): number => Number(/1\.(\d+)/.exec(version)?.[1]);
    assert.equal(minor(types.version), minor(engines.vscode));
  });

  it('trains in an untrusted workspace, which cannot set memory, threads or folders', () => {
    const { capabilities, contributes } = manifest as {
      readonly capabilities: {
        readonly untrustedWorkspaces: {
          readonly supported: unknown;
          readonly restrictedConfigurations: readonly string[];
        };
      };
      readonly contributes: {
        readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
        readonly commands: readonly { readonly command: string; readonly enablement?: string }[];
      };
    };
    const { supported, restrictedConfigurations } = capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    // The setting for the same bits on all machines costs only time, and those for measured values and notifications nothing; every other setting costs memory, threads, disk or
    // the records of a run.
    const free = ['unroll.reproducible', 'unroll.measuredValues', 'unroll.notifyAfterSeconds'];
    const costly = Object.keys(contributes.configuration.properties).filter((name) => !free.includes(name));
    assert.deepEqual([...restrictedConfigurations].sort(), costly.sort());
    const waiting = contributes.commands.filter(({ enablement = '' }) => enablement.includes('isWorkspaceTrusted'));
    assert.deepEqual(waiting, []);
  });
});

describe('The tools of package.json', () => {
  it('are those that are registered, with the same texts and inputs', () => {
    const { contributes } = manifest as { contributes: { languageModelTools: readonly Record<string, unknown>[] } };
    const text = (value: unknown): string | undefined => texts[String(value).slice(1, -1)];
    assert.deepEqual(
      contributes.languageModelTools.map(
        ({ name, displayName, toolReferenceName, userDescription, modelDescription, inputSchema }) => ({
          ...{ name, toolReferenceName, modelDescription, inputSchema },
          ...{ displayName: text(displayName), userDescription: text(userDescription) },
        }),
      ),
      toolNames.map((name) => {
        const { title, reference, summary, description } = toolDefinitions[name];
        return {
          ...{ name, toolReferenceName: reference, modelDescription: description, inputSchema: inputSchemaOf(name) },
          ...{ displayName: title, userDescription: summary },
        };
      }),
    );
  });
});

describe('package-lock.json', () => {
  it('contains every dependency of every package, for all platforms, as npm ci requires', () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      readonly packages: Readonly<
        Record<string, Readonly<Record<string, Readonly<Record<string, string>> | undefined>>>
      >;
    };
    const held = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    const asked = Object.values(packages).flatMap(({ dependencies = {}, optionalDependencies = {} }) => [
      ...Object.keys(dependencies),
      ...Object.keys(optionalDependencies),
    ]);
    assert.deepEqual(
      asked.filter((name) => !held.has(name)),
      [],
    );
  });
});
