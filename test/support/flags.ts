/** The namespace as an operator fills it, and namespaces that fail. */
import { env } from "cloudflare:workers";
import { RULES_KEY, STORED_KEYS, type StoredKey } from "../../src/flags/keys.ts";

/** As `npx wrangler kv key put --binding FLAGS <key> <value>` does: without metadata. */
export async function putFlag(key: StoredKey, value: string): Promise<void> {
  await env.FLAGS.put(key, value);
}

export async function putRules(flags: object, more: object = {}): Promise<void> {
  await env.FLAGS.put(RULES_KEY, JSON.stringify({ flags, ...more }));
}

/** Nothing is stored, as on the first day. */
export async function clearFlags(): Promise<void> {
  const { keys } = await env.FLAGS.list();
  const names = new Set([...STORED_KEYS, ...keys.map((key) => key.name)]);
  await Promise.all([...names].map((name) => env.FLAGS.delete(name)));
}

export interface FakeStore {
  store: KVNamespace;
  /** Bulk reads so far. */
  reads: number;
  /** Anything else that was asked of it: single reads, lists, writes. */
  otherCalls: number;
  fails: boolean;
  /** From now on it says nothing, until what this returns is called. */
  fallSilent: () => () => void;
}

/** The real local namespace behind a door that can be shut, with or without a word. */
export function fakeStore(): FakeStore {
  let silence = Promise.resolve();
  const fallSilent = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    silence = promise;
    return resolve;
  };
  const fake: FakeStore = { reads: 0, otherCalls: 0, fails: false, fallSilent, store: env.FLAGS };
  fake.store = new Proxy(env.FLAGS, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...given: unknown[]) => {
        if (name === "getWithMetadata") fake.reads += 1;
        else fake.otherCalls += 1;
        await silence;
        if (fake.fails) throw new Error("KV GET failed: 500 Internal Server Error");
        return member.apply(target, given);
      };
    },
  });
  return fake;
}
