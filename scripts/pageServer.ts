import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { connectPage } from '../src/panel/pageChannel';
import { pageHtml, type PageKind } from '../src/panel/pageHtml';
import { textsIn } from './texts';

/** A page that a server shows outside VS Code. */
export interface ServedPage {
  readonly kind: PageKind;
  /** Connects one open page. */
  connect(webview: Parameters<typeof connectPage>[1], log: Parameters<typeof connectPage>[2]): PageConnection;
  /** Ends the processes that read and replay runs. */
  dispose(): void;
}

/** The channel to an open page. */
interface PageConnection {
  close(reason: string): void;
}

/** A server of one page on this machine. */
export interface PageServer {
  /** With a token that only its caller knows. */
  readonly url: string;
  close(): void;
}

/** One open page: its channel, and where its messages arrive. */
interface OpenPage {
  readonly channel: PageConnection;
  receive(message: unknown): void;
}

const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css' } as const;

/**
 * Serves a page in a plain browser, on 127.0.0.1 only and below a random path. `?language=zh-cn` shows it in a language
 * that there is, `?language=pseudo` in one that shows what is not translated or has no room.
 */
export async function servePage(page: ServedPage, root: string): Promise<PageServer> {
  const path = `/${randomBytes(16).toString('hex')}/`;
  const pages = new Map<string, OpenPage>();
  const files: Readonly<Record<string, string>> = {
    'main.js': join(root, 'dist', 'webview', 'main.js'),
    'main.css': join(root, 'dist', 'webview', 'main.css'),
    'adapter.js': join(root, 'scripts', 'page', 'adapter.js'),
    'theme.css': join(root, 'webview', 'recorded', 'theme.css'),
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, search, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const name = pathname.startsWith(path) ? pathname.slice(path.length) : undefined;
    const file = name === undefined ? undefined : files[name];
    const id = search.slice(1);
    if (name === '') {
      response.writeHead(200, { 'Content-Type': types.html }).end(html(page.kind, searchParams.get('language')));
    } else if (name === 'events' && id !== '') {
      pages.set(id, openPage(page, response));
    } else if (name === 'messages' && request.method === 'POST') {
      pages.get(id)?.receive(JSON.parse(await text(request)));
      response.writeHead(204).end();
    } else if (file !== undefined) {
      const type = file.endsWith('.js') ? types.js : types.css;
      response.writeHead(200, { 'Content-Type': type }).end(await readFile(file));
    } else if (pathname === '/favicon.ico') {
      // Browsers request it by themselves, and would report an error.
      response.writeHead(204).end();
    } else {
      response.writeHead(404).end();
    }
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close: () => {
      for (const { channel } of pages.values()) channel.close('The page server was stopped.');
      server.close();
      server.closeAllConnections();
    },
  };
}

function html(kind: PageKind, language: string | null): string {
  return pageHtml(kind, {
    ...(language === null ? {} : { language, texts: textsIn(language) }),
    source: "'self'",
    at: (name) => name,
    before: ['adapter.js'],
    styles: ['theme.css'],
    hasNoCommands: true,
    directives: [`connect-src 'self'`],
  });
}

function openPage(page: ServedPage, response: ServerResponse): OpenPage {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  const listeners = new Set<(message: unknown) => void>();
  const webview = {
    postMessage: (message: unknown) => {
      response.write(`data: ${JSON.stringify(message, encodeArrays)}\n\n`);
      return Promise.resolve(true);
    },
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  const log = { warn: console.warn, error: console.error };
  const channel = page.connect(webview, log);
  response.on('close', () => {
    channel.close('The page was closed.');
  });
  return {
    channel,
    receive: (message) => {
      for (const listener of listeners) listener(message);
    },
  };
}

/** Typed arrays as text, which adapter.js decodes. */
function encodeArrays(_: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value;
  const base64 = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  return { 'unroll.array': value.constructor.name, base64 };
}
