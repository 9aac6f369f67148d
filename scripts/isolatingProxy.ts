import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { registerCleanup } from './cleanup';

/** What makes every page and worker cross-origin isolated: then threads may share memory. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

const host = '127.0.0.1';

/**
 * Serves what a server on 127.0.0.1 serves, with the headers of cross-origin isolation, for which a VS Code server has no
 * option.
 *
 * @returns its port on 127.0.0.1
 */
export async function isolatingProxy(port: number): Promise<number> {
  const proxy = createServer((asked, response) => {
    const forwarded = request(
      { host, port, method: asked.method, path: asked.url, headers: asked.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...isolation });
        answer.pipe(response);
      },
    );
    forwarded.on('error', () => response.destroy());
    asked.pipe(forwarded);
  });
  // A web socket is forwarded as it is: the request that opens it, then the bytes of both sides.
  proxy.on('upgrade', ({ method, url, rawHeaders }, client, head) => {
    const server = connect(port, host, () => {
      const lines = rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`));
      server.write(`${method ?? 'GET'} ${url ?? '/'} HTTP/1.1\r\n${lines.join('')}\r\n`);
      server.write(head);
      server.pipe(client).pipe(server);
    });
    server.on('error', () => client.destroy());
    client.on('error', () => server.destroy());
  });
  proxy.listen(0, host);
  await once(proxy, 'listening');
  registerCleanup(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return (proxy.address() as AddressInfo).port;
}
