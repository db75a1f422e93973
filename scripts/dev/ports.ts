/** Which ports a stack uses, and whether they are free. The app has PORT, the provider's simulator PORT + 1. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { Refusal } from "./refusal.ts";

export const DEFAULT_PORT = 8787;
const PORT_MAX = 65_534;
/**
 * Below the ports that a system gives to outgoing connections, from 32768 on with Linux: one of those could be taken
 * between the moment when it is found free and the moment when it is used.
 */
const FREE_PORT_MIN = 20_000;
const FREE_PORT_MAX = 32_000;
const FREE_PORT_TRIES = 50;
const LOOPBACK_ADDRESSES = ["127.0.0.1", "::1"] as const;

/** The value of PORT; the highest port is left out because the simulator takes the next one. */
export function parsePort(text: string | undefined): number {
  if (text === undefined || text === "") return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= PORT_MAX) return port;
  throw new Refusal(`PORT must be a whole number from 1 to ${PORT_MAX}.`);
}

/** As a browser says it: http on port 80 is an origin without a port. */
export function buildLocalOrigin(port: number, hostname = "localhost"): string {
  return new URL(`http://${hostname}:${port}`).origin;
}

/** Checked on both loopback addresses: a browser may reach localhost by either. */
export async function requireFreePort(port: number, user: string): Promise<void> {
  for (const address of LOOPBACK_ADDRESSES) {
    const code = await tryListening(port, address);
    if (code === "EADDRINUSE") {
      throw new Refusal(
        `Port ${port}, which ${user} needs, is in use: stop the program that has it, or choose another one with PORT=${port + 10} npm start.`,
      );
    }
    if (code === "EACCES") {
      throw new Refusal(
        `Port ${port}, which ${user} needs, is not open to this account: choose a PORT of 1024 or more.`,
      );
    }
  }
}

export async function isPortInUse(port: number): Promise<boolean> {
  const codes = await Promise.all(LOOPBACK_ADDRESSES.map((address) => tryListening(port, address)));
  return codes.includes("EADDRINUSE");
}

/** The first of `count` free ports side by side. A stack that nobody gave a port needs two. */
export async function findFreePort(count = 2): Promise<number> {
  for (let attempt = 0; attempt < FREE_PORT_TRIES; attempt++) {
    const port = FREE_PORT_MIN + count * randomInt(Math.floor((FREE_PORT_MAX - FREE_PORT_MIN) / count));
    const codes = await Promise.all(
      Array.from({ length: count }, (_, index) => tryListening(port + index, "127.0.0.1")),
    );
    if (codes.every((code) => code === null)) return port;
  }
  throw new Refusal(`There are no ${count} free ports side by side on this machine.`);
}

/** Null when the port can be had, or when this machine doesn't have that address at all. */
function tryListening(port: number, address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isOurs = error.code === "EADDRINUSE" || error.code === "EACCES";
      resolve(isOurs ? (error.code ?? null) : null);
    });
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
