/**
 * A typed channel between the extension host and the trainer process, and between the host and a webview. Each side
 * serves requests and emits events. A handler that throws, a message of unknown form and a closed channel all reject
 * the promise of the request, so no request hangs.
 */

/** What one side of a channel offers: the requests it serves and the events it emits. */
export interface Contract {
  readonly requests: Record<string, { readonly params: unknown; readonly result: unknown }>;
  readonly events: Record<string, unknown>;
}

/** A request's name within a contract. */
export type RequestName<C extends Contract> = keyof C['requests'] & string;
/** An event's name within a contract. */
export type EventName<C extends Contract> = keyof C['events'] & string;
type Params<C extends Contract, N extends RequestName<C>> = C['requests'][N]['params'];
type Result<C extends Contract, N extends RequestName<C>> = C['requests'][N]['result'];

/** One handler for each request of a contract. */
export type Handlers<C extends Contract> = {
  readonly [N in RequestName<C>]: (params: Params<C, N>) => Result<C, N> | Promise<Result<C, N>>;
};

/** Validates parameters from an untrusted side: returns them typed, or throws with a readable reason. */
export type Validators<C extends Contract> = {
  readonly [N in RequestName<C>]: (params: unknown) => Params<C, N>;
};

/** A way to send and receive structured-cloneable messages: a worker port, a webview. */
export interface Port {
  /** Sends a message; the buffers in `transfer` are transferred if the port supports it. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Calls the listener for every message until the returned function is called. */
  listen(listener: (message: unknown) => void): () => void;
}

type Envelope =
  | { readonly kind: 'request'; readonly id: number; readonly name: string; readonly params: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

/** The handler on the other side threw. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
}

/** The channel closed before the reply arrived. */
export class ChannelClosed extends Error {
  override readonly name = 'ChannelClosed';
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Options of a channel. */
export interface ChannelOptions<Local extends Contract> {
  /** Required if the other side is not trusted. */
  readonly validators?: Validators<Local>;
  /** Maximum number of requests of the other side served at the same time; further ones fail. No limit by default. */
  readonly maxPendingRequests?: number;
  /** Called for messages of unknown form and listeners that throw: a channel never throws into its port. */
  readonly onFault?: (reason: string) => void;
}

/** Requests and events over a port; `Local` is what this side serves, `Remote` what the other side serves. */
export class Channel<Local extends Contract, Remote extends Contract> {
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<(payload: never) => void>>();
  readonly #stopListening: () => void;
  #nextId = 1;
  /** Requests of the other side without a reply yet. */
  #unansweredRequests = 0;
  #closed: string | undefined;

  constructor(
    readonly port: Port,
    readonly handlers: Handlers<Local>,
    readonly options: ChannelOptions<Local> = {},
  ) {
    this.#stopListening = port.listen((message) => {
      this.#receive(message);
    });
  }

  /**
   * Sends a request to the other side.
   *
   * @throws RequestFailed when its handler threw, ChannelClosed when the channel closed first.
   */
  request<N extends RequestName<Remote>>(name: N, params: Params<Remote, N>): Promise<Result<Remote, N>> {
    if (this.#closed !== undefined) return Promise.reject(new ChannelClosed(this.#closed));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#post({ kind: 'request', id, name, params });
    });
  }

  /** Sends an event to the other side; there is no reply. */
  emit<N extends EventName<Local>>(name: N, payload: Local['events'][N], transfer?: readonly ArrayBuffer[]): void {
    if (this.#closed === undefined) this.#post({ kind: 'event', name, payload }, transfer);
  }

  /** Calls the listener for an event of the other side until the returned function is called. */
  on<N extends EventName<Remote>>(name: N, listener: (payload: Remote['events'][N]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Closes the channel; pending requests reject with the reason. */
  close(reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#stopListening();
    for (const { reject } of this.#pending.values()) reject(new ChannelClosed(reason));
    this.#pending.clear();
    this.#listeners.clear();
  }

  #post(envelope: Envelope, transfer?: readonly ArrayBuffer[]): void {
    this.port.post(envelope, transfer);
  }

  #receive(message: unknown): void {
    const envelope = asEnvelope(message);
    if (envelope === undefined) {
      this.options.onFault?.('An unknown message was ignored.');
      return;
    }
    switch (envelope.kind) {
      case 'request':
        void this.#serve(envelope.id, envelope.name, envelope.params);
        return;
      case 'result':
        this.#settle(envelope.id)?.resolve(envelope.value);
        return;
      case 'failure':
        this.#settle(envelope.id)?.reject(new RequestFailed(envelope.message));
        return;
      case 'event':
        for (const listener of this.#listeners.get(envelope.name) ?? []) {
          try {
            listener(envelope.payload as never);
          } catch (error) {
            this.options.onFault?.(`A listener of "${envelope.name}" failed: ${reasonOf(error)}`);
          }
        }
        return;
      default:
        envelope satisfies never;
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  async #serve(id: number, name: string, params: unknown): Promise<void> {
    const { maxPendingRequests = Infinity } = this.options;
    this.#unansweredRequests++;
    try {
      if (this.#unansweredRequests > maxPendingRequests) {
        throw new Error(`${maxPendingRequests} requests are still pending: wait for a reply before sending more.`);
      }
      if (!Object.hasOwn(this.handlers, name)) throw new Error(`Unknown request "${name}".`);
      const key = name as RequestName<Local>;
      const checked = this.options.validators
        ? this.options.validators[key](params)
        : (params as Params<Local, typeof key>);
      const value = await this.handlers[key](checked);
      if (this.#closed === undefined) this.#post({ kind: 'result', id, value });
    } catch (error) {
      if (this.#closed === undefined) this.#post({ kind: 'failure', id, message: reasonOf(error) });
    } finally {
      this.#unansweredRequests--;
    }
  }
}

function asEnvelope(message: unknown): Envelope | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { kind, id, name } = message as Record<string, unknown>;
  switch (kind) {
    case 'request':
      return typeof id === 'number' && typeof name === 'string' ? (message as Envelope) : undefined;
    case 'result':
      return typeof id === 'number' ? (message as Envelope) : undefined;
    case 'failure':
      return typeof id === 'number' && typeof (message as Record<string, unknown>)['message'] === 'string'
        ? (message as Envelope)
        : undefined;
    case 'event':
      return typeof name === 'string' ? (message as Envelope) : undefined;
    default:
      return undefined;
  }
}

/** The message of a thrown value, for display. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
