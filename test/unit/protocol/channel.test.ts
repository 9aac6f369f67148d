import assert from 'node:assert/strict';
import { Channel, ChannelClosed, RequestFailed, type Port } from '../../../src/protocol/channel';

type Adder = {
  requests: {
    add: { params: readonly [number, number]; result: number };
    wait: { params: undefined; result: undefined };
  };
  events: { tick: number };
};
type Nobody = { requests: Record<never, never>; events: Record<never, never> };

/** Two connected ports that exchange structured clones, as those of threads and webviews. */
function wire(): { readonly here: Port; readonly there: Port; readonly send: (message: unknown) => void } {
  const listeners: Record<'here' | 'there', Set<(message: unknown) => void>> = { here: new Set(), there: new Set() };
  const port = (own: 'here' | 'there', other: 'here' | 'there'): Port => ({
    post: (message) => {
      const clone: unknown = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of listeners[other]) listener(clone);
      });
    },
    listen: (listener) => {
      listeners[own].add(listener);
      return () => listeners[own].delete(listener);
    },
  });
  return {
    here: port('here', 'there'),
    there: port('there', 'here'),
    send: (message) => {
      for (const listener of listeners.there) listener(message);
    },
  };
}

function pair(options: { readonly faults?: string[]; readonly never?: boolean } = {}) {
  const { here, there, send } = wire();
  const server = new Channel<Adder, Nobody>(
    there,
    {
      add: ([a, b]) => {
        if (Number.isNaN(a)) throw new Error('NaN cannot be added.');
        return a + b;
      },
      wait: () => new Promise<undefined>(() => undefined),
    },
    {
      onFault: (fault) => {
        options.faults?.push(fault);
      },
      validators: {
        add: (params) => {
          if (!Array.isArray(params) || params.length !== 2) throw new Error('Two numbers are needed.');
          return [Number(params[0]), Number(params[1])];
        },
        wait: () => undefined,
      },
    },
  );
  const client = new Channel<Nobody, Adder>(here, {}, { onFault: (fault) => options.faults?.push(fault) });
  return { server, client, send };
}

describe('Channel', () => {
  it('answers requests in any order', async () => {
    const { client } = pair();
    assert.deepEqual(await Promise.all([client.request('add', [1, 2]), client.request('add', [3, 4])]), [3, 7]);
  });

  it('passes on the error of a handler, so that the request does not hang', async () => {
    const { client } = pair();
    await assert.rejects(
      client.request('add', [NaN, 1]),
      (error) => error instanceof RequestFailed && error.message === 'NaN cannot be added.',
    );
  });

  it('refuses parameters that do not pass the validator', async () => {
    const { client } = pair();
    await assert.rejects(client.request('add', [1] as unknown as [number, number]), /Two numbers are needed/);
  });

  it('refuses an unknown request, also with the name of a built-in property', async () => {
    const { client } = pair();
    for (const name of ['subtract', 'toString', '__proto__', 'constructor']) {
      await assert.rejects(client.request(name as 'add', [1, 2]), /Unknown request/);
    }
  });

  it('rejects pending requests when it closes, and later ones', async () => {
    const { client } = pair();
    const open = client.request('wait', undefined);
    client.close('The other side is gone.');
    await assert.rejects(
      open,
      (error) => error instanceof ChannelClosed && error.message === 'The other side is gone.',
    );
    await assert.rejects(client.request('add', [1, 2]), ChannelClosed);
  });

  it('delivers events until the listener is removed, and continues after one that throws', async () => {
    const faults: string[] = [];
    const { server, client } = pair({ faults });
    const heard: number[] = [];
    client.on('tick', () => {
      throw new Error('broken listener');
    });
    const leave = client.on('tick', (n) => heard.push(n));
    server.emit('tick', 1);
    await Promise.resolve();
    await Promise.resolve();
    leave();
    server.emit('tick', 2);
    await Promise.resolve();
    await Promise.resolve();
    assert.deepEqual(heard, [1]);
    assert.match(faults[0] ?? '', /broken listener/);
  });

  it('ignores and reports invalid messages', () => {
    const faults: string[] = [];
    const { send } = pair({ faults });
    const strange = [
      null,
      1,
      'x',
      [],
      {},
      { kind: 'request' },
      { kind: 'request', id: 'a', name: 'add' },
      { kind: 'failure', id: 1 },
      { kind: 'other' },
    ];
    for (const message of strange) send(message);
    assert.equal(faults.length, strange.length);
  });
});
