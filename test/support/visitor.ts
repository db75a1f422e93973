/** A browser's cookies over several requests: what is set is sent again, what is removed is gone. */
import { type CallOptions, call } from "./http.ts";

export interface Visitor {
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  cookies: Map<string, string>;
  /** The Cookie header that the next request will have. */
  cookieHeader(): string;
}

/** `defaults` hold for every request; a request's own options win. */
export function createVisitor(defaults: CallOptions = {}, cookie = ""): Visitor {
  const cookies = new Map(
    cookie
      .split("; ")
      .filter((pair) => pair !== "")
      .map((pair) => splitPair(pair)),
  );
  const cookieHeader = () => Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; ");
  return {
    cookies,
    cookieHeader,
    async call(method, path, options = {}) {
      const own = cookies.size === 0 ? {} : { Cookie: cookieHeader() };
      const headers = { ...own, ...defaults.headers, ...options.headers };
      const env = { ...defaults.env, ...options.env };
      const response = await call(method, path, { ...defaults, ...options, headers, env });
      for (const line of response.headers.getSetCookie()) {
        const [name, value] = splitPair(line.split(";")[0] ?? "");
        if (/;\s*max-age=0/i.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
  };
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}
