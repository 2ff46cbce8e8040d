import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { isListenedOn, socketsOf, stillListening } from '../../src/process/sockets.js';

async function listen(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

test.each(['127.0.0.1', '0.0.0.0', '::1'])(
  'what a process listens on is known until it is closed (%s)',
  async (host) => {
    const { server, port } = await listen(host);
    const ours = socketsOf([process.pid]).filter((socket) => socket.port === port);
    expect(ours).toHaveLength(1);
    expect(isListenedOn(port)).toBe(true);
    expect(stillListening(ours)).toEqual(ours);
    server.close();
    await once(server, 'close');
    expect(stillListening(ours)).toEqual([]);
    expect(isListenedOn(port)).toBe(false);
  },
);

test('a process that is not there listens on nothing', () => {
  expect(socketsOf([2 ** 22 + 1])).toEqual([]);
});
