/** Connections to the keeper, as a program that uses the database sees them. */

import { createConnection, type Socket } from "node:net";

/** Connects; `null` when no keeper listens there. */
export function connectToKeeper(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once("connect", () => resolve(socket));
    // Stays for the life of the socket: a keeper that dies must not end the program. "close" follows every error.
    socket.on("error", () => resolve(null));
  });
}

export async function isKeeperAlive(path: string): Promise<boolean> {
  const socket = await connectToKeeper(path);
  socket?.destroy();
  return socket !== null;
}
