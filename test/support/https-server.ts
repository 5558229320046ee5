// A small server over TLS in the process of the test, which answers as the test says.
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Authority, type Certificate, createAuthority } from './api-server/certificates.ts';

export interface SmallServer {
  readonly url: string;
  /** Connections that were opened so far. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

export interface SmallServers {
  readonly authority: Authority;
  /** For `127.0.0.1`. */
  readonly certificate: Certificate;
  readonly start: (answer: RequestListener, options?: ServerOptions | 'plain') => Promise<SmallServer>;
  readonly stop: () => Promise<void>;
}

/** Servers of one test file, all with certificates of one authority. */
export function smallServers(): SmallServers {
  const authority = createAuthority('small servers');
  const certificate = authority.issue({ commonName: 'server', names: ['127.0.0.1'] });
  const running: SmallServer[] = [];
  return {
    authority,
    certificate,
    async start(answer, options = {}) {
      const isPlain = options === 'plain';
      const server = await listen(
        isPlain ? createHttpServer(answer) : createHttpsServer({ ...certificate, ...options }, answer),
        isPlain ? 'http' : 'https',
      );
      running.push(server);
      return server;
    },
    stop: async () => {
      await Promise.all(running.map((server) => server.stop()));
    },
  };
}

async function listen(server: Server, scheme: string): Promise<SmallServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    connections: () => connections,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
