/** The running product as a program uses it: JSON over HTTP, with the session of whoever signed in. */
import { inject } from "vitest";
import { DEMO_PEOPLE } from "../../scripts/dev/demo-people.ts";

export type Who = Lowercase<(typeof DEMO_PEOPLE)[number]["role"]>;

export interface CallOptions {
  json?: unknown;
  headers?: Record<string, string>;
}

export interface Client {
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  /** The JSON of an answer that must have `status`; otherwise throws with what it said instead. */
  readJson<Body>(status: number, method: string, path: string, options?: CallOptions): Promise<Body>;
}

/** Without a cookie: somebody who isn't signed in. */
export function createClient(cookie?: string, origin: string = inject("stack").origin): Client {
  const call = (method: string, path: string, options: CallOptions = {}) => {
    const headers = new Headers({ Origin: origin, ...options.headers });
    if (cookie !== undefined) headers.set("Cookie", cookie);
    if (options.json !== undefined) headers.set("Content-Type", "application/json");
    const body = options.json === undefined ? null : JSON.stringify(options.json);
    return fetch(`${origin}${path}`, { method, headers, body, redirect: "manual" });
  };
  return {
    call,
    async readJson<Body>(status: number, method: string, path: string, options?: CallOptions) {
      const response = await call(method, path, options);
      if (response.status === status) return (await response.json()) as Body;
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    },
  };
}

export function emailOf(who: Who): string {
  const person = DEMO_PEOPLE.find(({ role }) => role.toLowerCase() === who);
  if (person === undefined) throw new Error(`There is no demo person ${who}`);
  return person.email;
}

export async function signInClient(
  who: Who,
  stack: { origin: string; demoPassword: string } = inject("stack"),
): Promise<Client> {
  const response = await createClient(undefined, stack.origin).call("POST", "/api/auth/login", {
    json: { email: emailOf(who), password: stack.demoPassword },
  });
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0];
  if (response.status !== 200 || cookie === undefined) {
    throw new Error(`${who} could not sign in: ${response.status} ${await response.text()}`);
  }
  return createClient(cookie, stack.origin);
}
