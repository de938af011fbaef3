import type { Server, Socket } from 'node:net';

const patienceMs = 1000;

/** Closes a server with its connections. They are ended, not cut off: the last words are still on their way. Who does not end its side either is not waited for. */
export async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  for (const socket of sockets) socket.end(() => socket.destroy());
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, patienceMs);
  await closed;
  clearTimeout(timer);
}
