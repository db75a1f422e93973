/** A small HTTP server of a test's own, gone when the test is over. */
import { createServer, type RequestListener } from "node:http";
import { onTestFinished } from "vitest";

/** The origin that it listens on. */
export async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listen: no port");
  return `http://127.0.0.1:${address.port}`;
}
