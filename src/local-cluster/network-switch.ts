/**
 * Preloaded by `npm start` into the processes that it runs, and nowhere else: at a word of the supervisor this process loses its network, both
 * ways, and lives on. What a firewall that rejects does; dropping packets in silence would take root. (A process that hangs is silent.)
 */
import { subscribe } from 'node:diagnostics_channel';
import { type Socket } from 'node:net';
import { type ToNetworkSwitch } from '../contract/supervision.js';

type Side = 'client' | 'server';

const open = new Map<Socket, Side>();
let connected = true;

function cut(socket: Socket, side: Side): void {
  // Who connects has to hear why; who serves does not.
  socket.destroy(side === 'client' ? new Error('this process is cut off') : undefined);
}

for (const side of ['client', 'server'] as const) {
  subscribe(`net.${side}.socket`, (message) => {
    const { socket } = message as { socket: Socket };
    open.set(socket, side);
    socket.once('close', () => open.delete(socket));
    if (!connected) process.nextTick(cut, socket, side);
  });
}

process.on('message', (message: ToNetworkSwitch | { readonly kind: unknown }) => {
  if (message.kind !== 'network') return;
  connected = (message as ToNetworkSwitch).connected;
  if (!connected) for (const [socket, side] of [...open]) cut(socket, side);
});
