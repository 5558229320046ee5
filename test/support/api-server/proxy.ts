// A forward proxy that tunnels (CONNECT) and remembers where to.
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';

export interface Proxy {
  readonly server: Server;
  /** `HOST:PORT` of each tunnel asked for, refused ones included. */
  readonly targets: () => readonly string[];
}

/** A proxy; with credentials (`user:password`), it answers 407 to those without. */
export function openProxy(credentials?: string): Proxy {
  const targets: string[] = [];
  const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  // What is not tunnelled is not for this proxy.
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', (request, socket, head) => {
    const target = request.url ?? '';
    targets.push(target);
    socket.on('error', () => {});
    if (expected !== undefined && request.headers['proxy-authorization'] !== expected) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${target}`);
    const upstream = connect(Number(port || 80), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    socket.on('close', () => upstream.destroy());
  });
  return { server, targets: () => targets };
}
