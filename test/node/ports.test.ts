import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { findFreePort, parsePort, requireFreePort } from "../../scripts/dev/ports.ts";

async function occupy(host: string): Promise<number> {
  const server = createServer();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, host, resolve);
  await listening;
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("occupy: no port");
  return address.port;
}

describe("parsePort", () => {
  it("is 8787 when nobody says another one", () => {
    expect(parsePort(undefined)).toBe(8787);
    expect(parsePort("")).toBe(8787);
  });

  it("is the number that was said", () => {
    expect(parsePort("9200")).toBe(9200);
  });

  it.each(["0", "-1", "80.5", "65535", "abc", "1e9"])("refuses %s with one sentence", (text) => {
    expect(() => parsePort(text)).toThrow("PORT must be a whole number from 1 to 65534.");
  });
});

describe("requireFreePort", () => {
  it("refuses with the port, its user and the way out when it is in use", async () => {
    const port = await occupy("127.0.0.1");
    await expect(requireFreePort(port, "the app")).rejects.toThrow(
      new RegExp(`^Port ${port}, which the app needs, is in use: .*PORT=${port + 10} npm start\\.$`),
    );
  });

  it("refuses when the port is in use on every address", async () => {
    const port = await occupy("0.0.0.0");
    await expect(requireFreePort(port, "the app")).rejects.toThrow("is in use");
  });

  it("says nothing when the port is free", async () => {
    await expect(requireFreePort(await findFreePort(), "the app")).resolves.toBeUndefined();
  });
});

describe("findFreePort", () => {
  it("gives a port whose neighbours are free too, and that no outgoing connection gets", async () => {
    const port = await findFreePort(3);
    expect(port).toBeLessThan(32_000);
    for (const neighbour of [port, port + 1, port + 2]) {
      await expect(requireFreePort(neighbour, "the app")).resolves.toBeUndefined();
    }
  });
});
