import {
  TabInputText,
  TestRunProfileKind,
  tests,
  window,
  workspace,
  type CancellationToken,
  type Disposable,
  type Tab,
  type TestController,
  type TestItem,
  type TestItemCollection,
  type TestRunRequest,
  type TextDocument,
  type Uri,
} from 'vscode';
import type { Parsed } from '../../experiment/parse';
import { DisposableStore } from '../../platform/disposable';
import { experimentGlob, languageId } from '../../platform/ids';
import { setTestItemError, testItem, updateTestItem } from '../../platform/testItems';
import { Throttler } from '../../platform/throttler';
import { reasonOf } from '../../protocol/channel';
import { defaultRunsFolder } from '../../run/storage/runFolder';
import { fileNameOf, readExperiment } from '../../session/experimentText';
import { isShort, parsedInHost } from '../experimentCheck';
import { rangeOf } from './ranges';
import { TestRunner, type TestRunParts } from './testRunner';
import { testsOf, type TestNode } from './testTree';
import { translate } from '../../text/translate';

const refreshMilliseconds = 300;

/** Most experiments of a workspace that are listed. */
const maxExperiments = 1000;

/** Most bytes of an experiment that is read to list its tests; of a larger one they are listed when it is run. */
const maxListedBytes = 64 * 1024;

/**
 * The tests of the experiments in the workspace and in open editors, in the Test Explorer: what each variant expects of
 * its runs, and the gradients of its parameters. To list them, only the experiment files are read.
 */
export class ExperimentTests implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #controller: TestController;
  /** Documents that have changed since their tests were listed. */
  readonly #changed = new Set<TextDocument>();
  readonly #refresh = this.#owned.add(
    new Throttler(refreshMilliseconds, async () => {
      const documents = [...this.#changed];
      this.#changed.clear();
      // A document outlives its editor: that of a file that was deleted has no tests any more.
      const hasTests = ({ uri, isClosed }: TextDocument): boolean => !isClosed && (isShown(uri) || this.#has(uri));
      for (const document of documents) if (hasTests(document)) await this.#list(document.uri, document);
    }),
  );

  constructor(parts: TestRunParts) {
    this.#controller = this.#owned.add(tests.createTestController('unroll', 'Unroll'));
    const runner = new TestRunner(this.#controller, parts);
    const run = (trains: boolean) => async (request: TestRunRequest, token: CancellationToken) => {
      await runner.run(request, await this.#itemsOf(request), trains, token);
    };
    this.#controller.createRunProfile(translate`Train and Check`, TestRunProfileKind.Run, run(true), true);
    this.#controller.createRunProfile(translate`Judge the Newest Run`, TestRunProfileKind.Run, run(false), false);
    this.#controller.resolveHandler = async (item) => {
      if (item === undefined) await this.#discover();
      else if (item.uri !== undefined && item.parent === undefined) await this.#list(item.uri);
    };
    this.#controller.refreshHandler = () => this.#discover();
    this.#follow();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #follow(): void {
    const watcher = this.#owned.add(workspace.createFileSystemWatcher(experimentGlob));
    this.#owned.add(
      watcher.onDidCreate((uri) => {
        if (isOwn(uri)) this.#itemOf(uri);
      }),
    );
    this.#owned.add(watcher.onDidChange((uri) => void this.#listIfKnown(uri)));
    this.#owned.add(
      watcher.onDidDelete((uri) => {
        if (!isShown(uri)) this.#controller.items.delete(uri.toString());
      }),
    );
    const changed = (document: TextDocument): void => {
      if (!isTestable(document)) return;
      this.#changed.add(document);
      this.#refresh.schedule();
    };
    this.#owned.add(workspace.onDidOpenTextDocument(changed));
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document }) => {
        changed(document);
      }),
    );
    this.#owned.add(
      workspace.onDidCloseTextDocument((document) => {
        if (isTestable(document)) void this.#forgetUnlessThere(document.uri);
      }),
    );
    // VS Code keeps a document for minutes after its editor was closed, and may open it before its editor.
    this.#owned.add(
      window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
        for (const uri of urisOf(closed)) void this.#forgetUnlessThere(uri);
        for (const uri of urisOf(opened)) {
          const document = openDocument(uri);
          if (document !== undefined) changed(document);
        }
      }),
    );
    for (const document of workspace.textDocuments) changed(document);
  }

  async #discover(): Promise<void> {
    const found = await workspace.findFiles(
      experimentGlob,
      `**/{node_modules,.git,${defaultRunsFolder}}/**`,
      maxExperiments,
    );
    const known = new Set(found.map((uri) => uri.toString()));
    for (const uri of found) this.#itemOf(uri);
    for (const [id, { uri }] of [...this.#controller.items]) {
      if (!known.has(id) && (uri === undefined || !isShown(uri))) this.#controller.items.delete(id);
    }
  }

  #has(uri: Uri): boolean {
    return this.#controller.items.get(uri.toString()) !== undefined;
  }

  /** The item of an experiment, added where it is missing. Its tests are listed when it is shown or run. */
  #itemOf(uri: Uri): TestItem {
    const id = uri.toString();
    const known = this.#controller.items.get(id);
    if (known !== undefined) return known;
    const isInWorkspace = workspace.getWorkspaceFolder(uri) !== undefined;
    const label = isInWorkspace ? workspace.asRelativePath(uri) : fileNameOf(uri);
    const item = testItem(this.#controller, { id, label, uri });
    item.canResolveChildren = true;
    this.#controller.items.add(item);
    return item;
  }

  async #listIfKnown(uri: Uri): Promise<void> {
    const item = this.#controller.items.get(uri.toString());
    // What was not listed yet is listed when it is shown; an open document reports its changes itself.
    if (item !== undefined && item.children.size > 0 && !isOpen(uri)) await this.#list(uri);
  }

  async #forgetUnlessThere(uri: Uri): Promise<void> {
    const isThere =
      workspace.getWorkspaceFolder(uri) !== undefined &&
      (await workspace.fs.stat(uri).then(
        () => true,
        () => false,
      ));
    if (!isThere && !isShown(uri)) this.#controller.items.delete(uri.toString());
    else await this.#listIfKnown(uri);
  }

  /**
   * Lists the tests of an experiment, as its open document or its file says.
   *
   * @param isRun whether it is about to be run: then it is read whatever its size
   */
  async #list(uri: Uri, document?: TextDocument, isRun = false): Promise<void> {
    const item = this.#itemOf(uri);
    item.busy = true;
    try {
      const parsed = await this.#parsed(uri, document ?? openDocument(uri), isRun);
      if (parsed === undefined) {
        setTestItemError(item, translate`This experiment is large: its tests are listed when it is run.`);
        return;
      }
      // The tests of before stay while a file has a problem, so that their results do not vanish while it is typed.
      const problem = parsed.kind === 'refused' ? parsed.problems[0] : undefined;
      setTestItemError(item, problem?.message);
      if (parsed.kind === 'refused') return;
      this.#update(item.children, testsOf(parsed.file), uri);
    } catch (error) {
      setTestItemError(item, reasonOf(error));
    } finally {
      item.busy = false;
    }
  }

  async #parsed(uri: Uri, document: TextDocument | undefined, isRun: boolean): Promise<Parsed | undefined> {
    if (isRun) return readExperiment(uri);
    if (document !== undefined) return isShort(document) ? parsedInHost(document) : undefined;
    const { size } = await workspace.fs.stat(uri);
    return size > maxListedBytes ? undefined : readExperiment(uri);
  }

  /** Makes the items of a collection those of some nodes; items that stay keep their results. */
  #update(items: TestItemCollection, nodes: readonly TestNode[], uri: Uri): void {
    const wanted = new Set(nodes.map(({ id }) => id));
    for (const [id] of [...items]) if (!wanted.has(id)) items.delete(id);
    for (const { id, label, place, children } of nodes) {
      const content = { id, label, uri, range: rangeOf(place) };
      const item = items.get(id) ?? testItem(this.#controller, content);
      updateTestItem(item, content);
      if (items.get(id) === undefined) items.add(item);
      this.#update(item.children, children, uri);
    }
  }

  /** The tests without children that a request asks for. Experiments whose tests are not listed yet are read. */
  async #itemsOf({ include, exclude = [] }: TestRunRequest): Promise<readonly TestItem[]> {
    if (include === undefined) await this.#discover();
    const roots = include ?? [...this.#controller.items].map(([, item]) => item);
    for (const item of roots) {
      if (item.parent === undefined && item.uri !== undefined && item.children.size === 0) {
        await this.#list(item.uri, undefined, true);
      }
    }
    const excluded = new Set(exclude);
    const leaves: TestItem[] = [];
    const visit = (item: TestItem): void => {
      if (excluded.has(item)) return;
      if (item.children.size === 0) leaves.push(item);
      for (const [, child] of item.children) visit(child);
    };
    for (const item of roots) visit(item);
    return [...new Set(leaves)];
  }
}

function openDocument(uri: Uri): TextDocument | undefined {
  return workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
}

/** The files in the editors of tabs. */
function urisOf(tabs: readonly Tab[]): readonly Uri[] {
  return tabs.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri] : []));
}

/** Whether a file is in an editor. */
function isShown(uri: Uri): boolean {
  const shown = window.tabGroups.all.flatMap(({ tabs }) => urisOf(tabs));
  return shown.some((other) => other.toString() === uri.toString());
}

function isOpen(uri: Uri): boolean {
  return openDocument(uri) !== undefined;
}

/** Whether a document is an experiment that can be trained: not one of a run, or of another version in a diff editor. */
function isTestable({ languageId: language, uri }: TextDocument): boolean {
  const isOfWorkspace = workspace.getWorkspaceFolder(uri) !== undefined;
  return language === languageId && isOwn(uri) && (isOfWorkspace || ['file', 'untitled'].includes(uri.scheme));
}

/** Whether a file is none of a run, whose folder may have a copy of its experiment. */
function isOwn({ path }: Uri): boolean {
  return !path.split('/').some((part) => part === defaultRunsFolder || part === 'node_modules' || part === '.git');
}
