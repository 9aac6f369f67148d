import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as z from 'zod';
import { OpenPanels, type PanelKind } from '../../src/panel/openPanels';
import { uriText } from '../../src/platform/uriText';
import { until } from './experimentFile';

/** A Memento in memory. */
function memento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string, otherwise?: unknown) => values.get(key) ?? otherwise,
    update: (key: string, value: unknown) => {
      values.set(key, value);
      return Promise.resolve();
    },
  } as vscode.Memento;
}

interface Shown {
  readonly uri: string;
  readonly variant?: string | undefined;
}

const kind: PanelKind<Shown> = {
  viewType: 'unroll.nothing',
  storeKey: 'panels',
  viewsKey: 'views',
  schema: z.object({ uri: z.string(), variant: z.string().optional() }),
  keyOf: ({ uri }) => uri,
};

const one = { shown: { uri: 'file:///one.rnn.json' }, title: 'Unroll: one' };
const variant = { shown: { uri: 'file:///two.rnn.json', variant: 'gated' }, title: 'Unroll: two' };

describe('The store of open panels', () => {
  it('restores a tab whose webview has no state, or an older one', () => {
    const store = memento();
    const before = new OpenPanels(store, kind);
    before.note(one);
    before.note({ ...variant, shown: { ...variant.shown, variant: 'plain' } });
    before.note(variant);
    const after = new OpenPanels(store, kind);
    assert.deepEqual(after.restore('Unroll: two', undefined), variant.shown);
    assert.deepEqual(after.restore('Unroll', { uri: variant.shown.uri, variant: 'plain' }), variant.shown);
    assert.deepEqual(after.restore('Unroll', { uri: 'file:///three' }), { uri: 'file:///three' });
    assert.equal(after.restore('Unroll: three', { uri: 5 }), undefined);
    assert.deepEqual(after.missing, [one, variant], 'no tab has come back');
  });

  it('removes a panel that the user closed, but none that ends with its window', () => {
    const panels = new OpenPanels(memento(), kind);
    panels.note(one);
    panels.note(variant);
    panels.forget(one.shown.uri);
    panels.close();
    panels.forget(variant.shown.uri);
    assert.deepEqual(panels.all, [variant]);
  });

  it('finds the restored tab of a panel that was not visible since, unless it is ambiguous', async () => {
    const panels = new OpenPanels(memento(), kind);
    panels.note(one);
    assert.equal(panels.dormantTab(one.shown, []), undefined, 'there is no tab');
    const views = [vscode.window.createWebviewPanel(kind.viewType, one.title, vscode.ViewColumn.One)];
    const found = await until('its tab', () => panels.dormantTab(one.shown, []) ?? false);
    assert.equal(found.label, one.title);
    assert.equal(panels.dormantTab(variant.shown, []), undefined, 'that was never open');
    assert.equal(panels.dormantTab(one.shown, [one.title]), undefined, 'a panel with this title is filled');
    views.push(vscode.window.createWebviewPanel(kind.viewType, one.title, vscode.ViewColumn.One));
    await until('two tabs to be as good as none', () => panels.dormantTab(one.shown, []) === undefined);
    for (const view of views) view.dispose();
  });

  it('restores nothing if two tabs have the same title, or the store is damaged', () => {
    const store = memento();
    const panels = new OpenPanels(store, kind);
    panels.note(one);
    panels.note({ ...variant, title: one.title });
    assert.equal(panels.restore(one.title, undefined), undefined);
    void store.update('panels', [{ shown: 5 }]);
    assert.deepEqual(panels.all, []);
  });

  it('restores the other panels if one of them is damaged', () => {
    const store = memento();
    const panels = new OpenPanels(store, kind);
    void store.update('panels', [one, { shown: { uri: 5 }, title: 'Unroll: damaged' }, variant]);
    assert.deepEqual(panels.all, [one, variant]);
  });
});

describe('A URI in a store or a link', () => {
  it('is refused if VS Code cannot parse it: it would throw while the panels are restored', () => {
    for (const text of ['file:///one.rnn.json', 'vscode-vfs://github/a/b', ''])
      assert.ok(uriText.safeParse(text).success, text);
    for (const text of ['!:nothing', 'file:////two.rnn.json']) {
      assert.throws(() => vscode.Uri.parse(text), text);
      assert.ok(!uriText.safeParse(text).success, text);
    }
  });
});
