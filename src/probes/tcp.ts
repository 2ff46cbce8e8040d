import { connect } from 'node:net';
import { type Ask, outcomeOf } from './ask.js';

/**
 * Asks whether an address takes connections. None is kept: a server may close one that says nothing, and that would
 * look like an outage.
 */
export function askTcp(host: string, port: number): Ask {
  return (settle) => {
    const socket = connect({ host, port })
      .once('connect', () => {
        socket.destroy();
        settle({ kind: 'up' });
      })
      .once('error', (error: Error) => settle(outcomeOf(error)));
    return () => socket.destroy();
  };
}
