import { describe, expect, it } from "vitest";
import { newId } from "../../src/ids.ts";
import { call } from "../support/http.ts";
import { createPerson } from "../support/people.ts";

interface Refused {
  code: string;
  detail: string;
  errors: { field: string; message: string }[];
}

const CURSOR = "Use the nextCursor of the page before.";

describe("a cursor that no page gave", () => {
  const numbered = ["zzz", "0", "-1", "1.5", "1e3", "9".repeat(17)];
  const byId = ["zzz", "x", "0", "' OR 1=1 --", "U".repeat(26), "0".repeat(27)];

  it.each([
    ["/api/images", byId],
    ["/api/generations", byId],
    ["/api/credits/entries", numbered],
    ["/api/admin/users", byId],
    ["/api/admin/generations", byId],
    ["/api/admin/audit", numbered],
    ["/api/admin/flags/charts/history", numbered],
  ])("is refused by name on %s", async (path, cursors) => {
    const admin = await createPerson({ role: "ADMIN" });
    for (const cursor of cursors) {
      const response = await call("GET", `${path}?cursor=${encodeURIComponent(cursor)}`, { as: admin });
      expect(response.status).toBe(422);
      const refused = await response.json<Refused>();
      expect(refused).toMatchObject({
        code: "invalid_request",
        errors: [{ field: "cursor", message: CURSOR }],
      });
    }
  });

  it.each([
    "/gallery",
    "/account",
    "/admin/users",
    "/admin/generations",
    "/admin/audit",
    "/admin/flags/charts",
  ])("leads to the page of errors on %s", async (path) => {
    const admin = await createPerson({ role: "ADMIN" });
    const response = await call("GET", `${path}?cursor=zzz`, { as: admin });
    expect(response.status).toBe(422);
    expect(response.headers.get("Content-Type")).toContain("text/html");
    expect(await response.text()).toContain(CURSOR);
  });

  it("is refused on the ledger of one person too, and a real one isn't", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const path = `/api/admin/users/${admin.id}/entries`;
    expect((await call("GET", `${path}?cursor=zzz`, { as: admin })).status).toBe(422);
    expect((await call("GET", `${path}?cursor=1`, { as: admin })).status).toBe(200);
    expect((await call("GET", `/api/admin/users?cursor=${newId()}`, { as: admin })).status).toBe(200);
  });
});

describe("a field that doesn't fit", () => {
  it("has one error, in words for a person", async () => {
    const admin = await createPerson({ role: "ADMIN" });
    const person = await createPerson();
    const patch = async (addCredits: unknown) => {
      const response = await call("PATCH", `/api/admin/users/${person.id}`, {
        as: admin,
        json: { addCredits, reason: "a present" },
        headers: { "Idempotency-Key": newId() },
      });
      expect(response.status).toBe(422);
      return (await response.json<Refused>()).errors;
    };
    const message = "Enter a whole number from -100000 to 100000, but not 0.";
    for (const amount of [1e300, -1e300, 100_001, 1.5, 0, "5", null, [], {}]) {
      expect(await patch(amount)).toEqual([{ field: "addCredits", message }]);
    }
  });

  it.each([
    ["/api/images?limit=1000", "limit", "Enter a whole number from 1 to 100."],
    ["/api/images?limit=many", "limit", "Enter a whole number from 1 to 100."],
    ["/api/images?visibility=secret", "visibility", "Choose one of: private, public."],
    ["/api/images?style=%22", "style", "Use a key of the catalogue."],
    [`/api/images?q=${"a".repeat(101)}`, "q", "Use at most 100 characters."],
    ["/api/me/export/pictures?part=0", "part", "Enter a whole number from 1 to 10000."],
  ])("of %s is told what fits", async (path, field, message) => {
    const person = await createPerson();
    const response = await call("GET", path, { as: person });
    expect(response.status).toBe(422);
    expect((await response.json<Refused>()).errors).toEqual([{ field, message }]);
  });
});

describe("what a refusal says about money", () => {
  const noMoney = "Nothing was changed.";
  const money = "Nothing was charged.";

  it("is said where pictures are ordered, and nowhere else", async () => {
    const person = await createPerson({ credits: 5 });
    const refuse = async (method: string, path: string, json: unknown) => {
      const headers = { "Idempotency-Key": newId() };
      const response = await call(method, path, { as: person, json, headers });
      expect(response.status).toBe(422);
      return (await response.json<Refused>()).detail;
    };
    expect(await refuse("POST", "/api/generations", {})).toContain(money);
    expect(await refuse("POST", "/api/generations/preview", {})).toContain(money);
    expect(await refuse("PATCH", "/api/me", { name: 3 })).toContain(noMoney);
    expect(await refuse("POST", "/api/me/keys", {})).toContain(noMoney);
    const page = await call("GET", "/gallery?cursor=x", { as: person });
    expect(await page.text()).not.toContain("charged");
  });
});
