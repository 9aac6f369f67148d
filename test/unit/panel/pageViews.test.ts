import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { PageViews } from '../../../src/panel/pageViews';

/** A store in memory that counts how often it was written. */
class Store {
  readonly values = new Map<string, unknown>();
  written = 0;

  readonly keys = (): readonly string[] => [...this.values.keys()];

  get(key: string): undefined {
    return this.values.get(key) as undefined;
  }

  update(key: string, value: unknown): Promise<void> {
    this.written++;
    this.values.set(key, JSON.parse(JSON.stringify(value)));
    return Promise.resolve();
  }
}

describe('The stored views of pages', () => {
  it('are there after a reload, as those of the panel that was open', () => {
    const store = new Store();
    const before = new PageViews(store, 'views');
    const page = before.of('one', false);
    assert.equal(page.forLoadedPage(), undefined, 'nothing is stored');
    page.set({ folded: ['Loss'] });
    assert.deepEqual(page.forLoadedPage(), { view: { folded: ['Loss'] }, isOfThisPanel: true }, 'its tab was hidden');
    before.dispose();
    const after = new PageViews(store, 'views');
    assert.deepEqual(after.of('one', true).forLoadedPage(), { view: { folded: ['Loss'] }, isOfThisPanel: true });
  });

  it('are those of another panel where the first one was closed', () => {
    const views = new PageViews(new Store(), 'views');
    views.of('one', false).set({ folded: ['Loss'] });
    const next = views.of('one', false);
    assert.equal(next.forLoadedPage()?.isOfThisPanel, false);
    assert.equal(next.forLoadedPage()?.isOfThisPanel, true, 'the page of the new panel was loaded again');
    assert.equal(views.of('two', false).forLoadedPage(), undefined);
  });

  it('are written together, a moment after they changed', async () => {
    const store = new Store();
    const views = new PageViews(store, 'views');
    for (let update = 0; update < 50; update++) views.set('one', { update });
    await wait(500);
    assert.equal(store.written, 1);
    assert.deepEqual(store.values.get('views'), [['one', { update: 49 }]]);
  });

  it('are the newest hundred', () => {
    const store = new Store();
    const views = new PageViews(store, 'views');
    for (let i = 0; i < 101; i++) views.set(`panel ${i}`, { i });
    views.set('panel 1', { i: 'changed again' });
    views.set('panel 101', { i: 101 });
    assert.deepEqual(
      ['panel 0', 'panel 1', 'panel 2', 'panel 3', 'panel 101'].map((key) => views.get(key)),
      [undefined, { i: 'changed again' }, undefined, { i: 3 }, { i: 101 }],
    );
    views.dispose();
  });

  it('are refused if a page sends something else, or too much', () => {
    const views = new PageViews(new Store(), 'views');
    for (const view of [undefined, null, 'folded', [1]]) {
      assert.throws(() => {
        views.set('one', view);
      }, /^Error: The view of a page must be an object, so this one is not stored\.$/);
    }
    assert.throws(() => {
      views.set('one', { prompt: 'a'.repeat(100_000) });
    }, /^Error: The view has 100013 characters; at most 100000 are stored, so it is not stored\.$/);
    assert.equal(views.get('one'), undefined);
    views.dispose();
  });

  it('are none where the store is damaged', () => {
    const store = new Store();
    store.values.set('views', { one: 5 });
    assert.equal(new PageViews(store, 'views').get('one'), undefined);
  });
});
