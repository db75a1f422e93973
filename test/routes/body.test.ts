import { describe, expect, it } from "vitest";
import { call } from "../support/http.ts";
import { createPerson } from "../support/people.ts";

const QUOTED_LATIN_1 = Uint8Array.from([0x22, 0x5a, 0x6f, 0xeb, 0x22]);

function surround(before: string, bytes: Uint8Array, after: string): Uint8Array {
  const encoder = new TextEncoder();
  return Uint8Array.from([...encoder.encode(before), ...bytes, ...encoder.encode(after)]);
}

describe("a JSON body in another encoding than UTF-8", () => {
  it("is malformed, and nothing is stored with replacement characters", async () => {
    const person = await createPerson();
    const response = await call("PATCH", "/api/me", {
      as: person,
      bytes: surround('{"name":', QUOTED_LATIN_1, "}"),
      headers: { "Content-Type": "application/json; charset=iso-8859-1" },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "malformed_body" });
    const me = await call("GET", "/api/me", { as: person });
    expect(await me.json()).toMatchObject({ user: { name: "Test Person" } });
  });

  it("may begin with a byte order mark", async () => {
    const person = await createPerson();
    const response = await call("PATCH", "/api/me", {
      as: person,
      bytes: surround("\ufeff", new TextEncoder().encode('{"name":"Zoë"}'), ""),
      headers: { "Content-Type": "application/json" },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ user: { name: "Zoë" } });
  });
});
