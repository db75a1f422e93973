import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { buildFlagJournal } from "../../src/db/flag-changes.ts";
import { changeValue } from "../../src/flags/change.ts";
import { RULES_KEY } from "../../src/flags/keys.ts";
import { noticeReading, staleReadMsOf } from "../../src/flags/notice-changes.ts";
import type { Environment } from "../../src/flags/registry.ts";
import type { StoredValues } from "../../src/flags/snapshot.ts";
import { readValues } from "../../src/flags/store.ts";
import { newId } from "../../src/ids.ts";
import { onForRole } from "../flags/support.ts";
import { clearFlags, fakeStore, putFlag, putRules } from "../support/flags.ts";
import { call } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";
import { fromNewPlace } from "../support/places.ts";

interface Row {
  at: string;
  via: string;
  actor: string | null;
  old: string;
  new: string;
  note: string | null;
}

const LIST = "/api/admin/flags";

async function list(admin: TestPerson) {
  const response = await call("GET", LIST, { as: admin });
  return (await response.json()) as {
    items: ({ key: string } & Record<string, unknown>)[];
    unknown: { key: string; didYouMean: string | null }[];
    rev: string;
    source: string;
    findings: { severity: string; code: string; key: string | null }[];
  };
}

async function find(admin: TestPerson, key: string) {
  return (await list(admin)).items.find((item) => item.key === key);
}

async function history(admin: TestPerson, key: string): Promise<Row[]> {
  const response = await call("GET", `${LIST}/${key}/history`, { as: admin });
  return ((await response.json()) as { items: Row[] }).items;
}

const put = (admin: TestPerson, key: string, value: string, note?: string) =>
  call("PUT", `${LIST}/${key}`, { as: admin, json: { value, ...(note === undefined ? {} : { note }) } });

/** Without looking at the flags, which would write down what isn't there yet. */
async function countRows(key: string): Promise<number> {
  const sql = "SELECT count(*) AS rows FROM flag_changes WHERE key = ?1";
  return (await env.DB.prepare(sql).bind(key).first<number>("rows")) ?? 0;
}

/** The history can't be emptied, so every test goes on from what the one before left. */
async function settleHistory(admin: TestPerson): Promise<void> {
  await clearFlags();
  await list(admin);
}

let admin: TestPerson;

beforeEach(async () => {
  admin = await createPerson({ role: "ADMIN" });
  await settleHistory(admin);
});

describe("GET /api/admin/flags", () => {
  it("lists every flag with its value and why, and the revision that is served", async () => {
    const { items, unknown, rev, source } = await list(admin);
    expect(items.map((item) => item.key).sort()).toEqual([
      "animations",
      "charts",
      "cloud_services",
      "image_processing",
      "perf_monitoring",
    ]);
    expect(items.find((item) => item.key === "charts")).toEqual({
      key: "charts",
      type: "boolean",
      critical: true,
      default: true,
      value: true,
      variant: "on",
      reason: "DEFAULT",
      source: "default",
      // When it changed last is a matter of the tests before this one.
      switch: expect.objectContaining({ raw: null, valid: true, by: null, note: null }),
    });
    expect({ unknown, source }).toEqual({ unknown: [], source: "kv" });
    const response = await call("GET", "/api/health");
    expect(response.headers.get("X-Flags-Rev")).toBe(rev);
  });

  it("shows a value that means nothing as invalid, unused, and a finding", async () => {
    await putFlag("charts", "ture");
    expect(await find(admin, "charts")).toMatchObject({
      value: true,
      source: "default",
      switch: { raw: "ture", valid: false },
    });
    expect((await list(admin)).findings).toContainEqual(
      expect.objectContaining({ severity: "error", code: "switch_invalid", key: "charts" }),
    );
  });

  it("lists keys that no flag has, with what was probably meant", async () => {
    await env.FLAGS.put("chart", "off");
    await env.FLAGS.put("FLAGS:CHARTS", "off");
    await env.FLAGS.put("something else entirely", "off");
    expect((await list(admin)).unknown).toEqual([
      { key: "FLAGS:CHARTS", didYouMean: "charts" },
      { key: "chart", didYouMean: "charts" },
      { key: "something else entirely", didYouMean: null },
    ]);
    expect(await find(admin, "charts")).toMatchObject({ value: true });
  });

  it("says which part of broken rules is not in force", async () => {
    await putRules({ charts: { state: "enabled", variants: { on: true } }, animations: onForRole("ADMIN") });
    const { findings, items } = await list(admin);
    expect(findings).toEqual([expect.objectContaining({ code: "rule_broken", key: "charts" })]);
    expect(items.find((item) => item.key === "animations")).toMatchObject({ value: true, source: "rules" });
    await env.FLAGS.put(RULES_KEY, "{");
    expect((await list(admin)).findings).toEqual([
      expect.objectContaining({ severity: "error", code: "rules_unreadable" }),
    ]);
  });

  it("says that KV does not answer, and goes on", async () => {
    const fake = fakeStore();
    fake.fails = true;
    const response = await call("GET", LIST, { as: admin, env: { FLAGS: fake.store } });
    expect(response.status).toBe(200);
    const body = (await response.json()) as { source: string; findings: { code: string }[] };
    expect(["last_known_good", "defaults"]).toContain(body.source);
    expect(body.findings.map((finding) => finding.code)).toContainEqual(
      expect.stringMatching(/^flags_(stale|unreadable)$/),
    );
  });
});

describe("PUT /api/admin/flags/:key", () => {
  it("changes the flag at once, for everybody, and says who and why", async () => {
    const response = await put(admin, "charts", "off", "the library is being replaced");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      key: "charts",
      value: false,
      source: "switch",
      switch: { raw: "off", valid: true, by: admin.id, note: "the library is being replaced" },
      rev: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(await env.FLAGS.get("charts")).toBe("off");
    expect(await find(admin, "charts")).toMatchObject({ value: false, reason: "STATIC" });
  });

  it.each(["on", "off", "auto", "25%", "Enabled"])("takes %j", async (value) => {
    expect((await put(admin, "animations", value)).status).toBe(200);
    expect(await env.FLAGS.get("animations")).toBe(value);
  });

  it("takes a variant that the rule defines", async () => {
    await putRules({ animations: { state: "ENABLED", variants: { on: true, off: false, winter: false } } });
    expect((await put(admin, "animations", "winter")).status).toBe(200);
    expect(await find(admin, "animations")).toMatchObject({ value: false, variant: "winter" });
  });

  it("follows the rules again with auto", async () => {
    await putRules({ animations: onForRole("ADMIN") });
    await put(admin, "animations", "off");
    await put(admin, "animations", "auto");
    expect(await find(admin, "animations")).toMatchObject({ value: true, source: "rules" });
  });

  it.each(["ture", "101%", "yes please"])("refuses %j and changes nothing", async (value) => {
    const response = await put(admin, "charts", value, "a good reason");
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field: "value" }] });
    expect(await env.FLAGS.get("charts")).toBeNull();
  });

  it("asks for a reason for a critical flag, and for no other", async () => {
    const response = await put(admin, "cloud_services", "off");
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field: "note" }] });
    expect((await put(admin, "animations", "off")).status).toBe(200);
  });

  it("answers 404 for a flag that isn't there, and names unknown fields", async () => {
    expect((await put(admin, "chart", "off", "a good reason")).status).toBe(404);
    const response = await call("PUT", `${LIST}/charts`, {
      as: admin,
      json: { value: "off", note: "why", who: "me" },
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field: "who" }] });
  });

  it("answers 503 when KV doesn't take it, and nothing has changed", async () => {
    const fake = fakeStore();
    fake.fails = true;
    const response = await call("PUT", `${LIST}/animations`, {
      as: admin,
      json: { value: "off", note: "a reason" },
      env: { FLAGS: fake.store },
    });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
    expect(await env.FLAGS.get("animations")).toBeNull();
    expect((await history(admin, "animations"))[0]?.note).not.toBe("a reason");
  });

  it("takes two changes of one flag within a second", async () => {
    const [first, second] = await Promise.all([
      put(admin, "animations", "off"),
      put(admin, "animations", "on"),
    ]);
    expect([first.status, second.status]).toEqual([200, 200]);
  });
});

describe("the document of rules", () => {
  it("takes a flagd document and gives it back", async () => {
    const document = { flags: { charts: onForRole("ADMIN") } };
    const response = await call("PUT", `${LIST}/document`, { as: admin, json: document });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ flags: ["charts"], warnings: [] });
    const stored = await call("GET", `${LIST}/document`, { as: admin });
    expect(stored.headers.get("Content-Type")).toMatch(/^application\/json/);
    expect(await stored.json()).toEqual(document);
    expect(await find(admin, "charts")).toMatchObject({ source: "rules", reason: "TARGETING_MATCH" });
  });

  it("is empty when nobody has written one", async () => {
    const response = await call("GET", `${LIST}/document`, { as: admin });
    expect(await response.json()).toEqual({ flags: {} });
  });

  it("answers 409 when what is stored is not JSON", async () => {
    await env.FLAGS.put(RULES_KEY, "{");
    expect((await call("GET", `${LIST}/document`, { as: admin })).status).toBe(409);
  });

  it.each([
    ["no flags", {}, "flags"],
    ["a list of flags", { flags: [] }, "flags"],
    ["a state in lower case", { flags: { extra: { state: "enabled", variants: {} } } }, "flags.extra"],
    [
      "a default variant that isn't there",
      { flags: { extra: { state: "ENABLED", variants: { a: 1 }, defaultVariant: "b" } } },
      "flags.extra",
    ],
    [
      "words as a variant of a flag that is true or false",
      { flags: { charts: { state: "ENABLED", variants: { on: "yes" } } } },
      "flags.charts.variants.on",
    ],
    [
      "a rule of ours that can't be evaluated",
      { flags: { charts: { state: "ENABLED", variants: { on: true }, targeting: { nonsense: [] } } } },
      "flags.charts",
    ],
  ])("refuses a document with %s and names the place", async (_, document, field) => {
    const response = await call("PUT", `${LIST}/document`, { as: admin, json: document });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ field })]),
    });
    expect(await env.FLAGS.get(RULES_KEY)).toBeNull();
  });

  it("warns about what would have no effect or be off, and takes the document", async () => {
    const document = {
      flags: {
        extra: {
          state: "ENABLED",
          variants: { a: 1 },
          defaultVariant: "a",
          targeting: { if: [{ $ref: "nowhere" }, "a"] },
        },
        needy: { ...onForRole("ADMIN"), metadata: { requires: "chrats" } },
        selfish: { ...onForRole("ADMIN"), metadata: { requires: "selfish" } },
        charts: { ...onForRole("ADMIN"), metadata: { requires: "animations", guard: true } },
        animations: { ...onForRole("ADMIN"), metadata: { requires: "charts", guard: true } },
      },
    };
    const response = await call("PUT", `${LIST}/document`, { as: admin, json: document });
    expect(response.status).toBe(200);
    const { warnings } = (await response.json()) as { warnings: { field: string }[] };
    expect(warnings.map((warning) => warning.field)).toEqual([
      "flags.extra",
      "flags.charts.metadata.guard",
      "flags.needy.metadata.requires",
      "flags.selfish.metadata.requires",
      "flags.charts.metadata.requires",
      "flags.animations.metadata.requires",
    ]);
    const { findings } = await list(admin);
    expect(findings.map(({ code, key }) => [code, key])).toEqual([
      ["rule_broken", "extra"],
      ["requirement_unknown", "needy"],
      ["requirement_circular", "selfish"],
      ["requirement_circular", "charts"],
      ["requirement_circular", "animations"],
    ]);
  });

  it("survives shared expressions that name each other without end", async () => {
    const $evaluators = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `e${index}`,
        { or: [{ $ref: `e${index + 1}` }, { $ref: `e${index + 1}` }] },
      ]),
    );
    const charts = { ...onForRole("ADMIN"), targeting: { if: [{ $ref: "e0" }, "on"] } };
    const response = await call("PUT", `${LIST}/document`, {
      as: admin,
      json: { flags: { charts }, $evaluators },
    });
    expect(response.status).toBe(422);
  });

  it("is stored so that it can be read, however its indentation would grow", async () => {
    const row: unknown = Array.from({ length: 1_500 }, () => 1);
    const deep = Array.from({ length: 55 }).reduce((inner) => [inner], row);
    const flags = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `wide${index}`,
        { ...onForRole("ADMIN"), targeting: { "!": deep } },
      ]),
    );
    expect((await call("PUT", `${LIST}/document`, { as: admin, json: { flags } })).status).toBe(200);
    expect((await list(admin)).findings).toEqual([]);
  });

  it("is refused when it is nested without measure, wherever in it", async () => {
    const deep = `{"flags":{},"more":${"[".repeat(25_000)}${"]".repeat(25_000)}}`;
    const headers = { "Content-Type": "application/json" };
    const response = await call("PUT", `${LIST}/document`, { as: admin, headers, text: deep });
    expect(response.status).toBe(422);
    for (const [path, field] of [
      ["/admin/flags/rules", "document"],
      ["/admin/flags/import", "text"],
    ] as const) {
      const form = new FormData();
      form.set(field, deep);
      expect((await call("POST", path, { as: admin, form })).status, path).toBe(422);
    }
  });

  it("takes a reason in the address, and refuses one that is too long", async () => {
    const save = (note: string) =>
      call("PUT", `${LIST}/document?note=${encodeURIComponent(note)}`, {
        as: admin,
        json: { flags: { animations: onForRole("ADMIN") } },
      });
    expect((await save("n".repeat(301))).status).toBe(422);
    expect(await env.FLAGS.get(RULES_KEY)).toBeNull();
    expect((await save("für das Fest")).status).toBe(200);
    expect((await history(admin, RULES_KEY))[0]).toMatchObject({ via: "admin", note: "für das Fest" });
  });

  it("has a history like every switch", async () => {
    await call("PUT", `${LIST}/document`, { as: admin, json: { flags: {} } });
    await call("PUT", `${LIST}/document`, { as: admin, json: { flags: { charts: onForRole("ADMIN") } } });
    const [last] = await history(admin, RULES_KEY);
    expect(last).toMatchObject({ via: "admin", actor: admin.id });
    expect(JSON.parse(last?.old ?? "")).toEqual({ flags: {} });
    expect(JSON.parse(last?.new ?? "")).toEqual({ flags: { charts: onForRole("ADMIN") } });
  });
});

describe("the history", () => {
  it("has every change of an admin, newest first, with old, new, who and why", async () => {
    await put(admin, "charts", "off", "first reason");
    await put(admin, "charts", "25%", "second reason");
    const rows = await history(admin, "charts");
    expect(rows.slice(0, 2)).toEqual([
      { at: expect.anything(), via: "admin", actor: admin.id, old: "off", new: "25%", note: "second reason" },
      { at: expect.anything(), via: "admin", actor: admin.id, old: "auto", new: "off", note: "first reason" },
    ]);
    expect(new Date(rows[0]?.at ?? "").getTime()).toBeLessThanOrEqual(Date.now());
  });

  it("names the key of a program that changed it, also in the audit log, and says when that is gone", async () => {
    const made = await call("POST", "/api/me/keys", {
      as: admin,
      json: { name: "Night watch", scopes: ["admin"] },
      headers: fromNewPlace(),
    });
    const { id, key } = (await made.json()) as { id: string; key: string };
    await call("PUT", `${LIST}/animations`, {
      json: { value: "off" },
      headers: { Authorization: `Bearer ${key}`, Origin: "", ...fromNewPlace() },
    });
    const change = { via: "admin", actor: admin.id, new: "off" };
    expect((await history(admin, "animations"))[0]).toMatchObject({ ...change, apiKey: "Night watch" });
    const page = await call("GET", "/admin/flags/animations", { as: admin });
    expect(await page.text()).toContain(`${admin.email}, with the key “Night watch”`);
    const details = await env.DB.prepare("SELECT details FROM audit_log ORDER BY id DESC LIMIT 1").first();
    expect(JSON.parse(String(details?.["details"]))).toEqual({
      via: "admin",
      old: "auto",
      new: "off",
      note: null,
      key: id,
    });
    await env.DB.prepare("DELETE FROM api_keys WHERE id = ?1").bind(id).run();
    expect((await history(admin, "animations"))[0]).toMatchObject({ ...change, apiKey: "one that is gone" });
  });

  it("has no row for a change that changes nothing, which is answered and stored all the same", async () => {
    await put(admin, "charts", "off", "first reason");
    const before = await history(admin, "charts");
    const other = await createPerson({ role: "ADMIN" });
    await env.FLAGS.put("charts", "off");
    const response = await put(other, "charts", "off", "second reason");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ switch: { by: admin.id, note: "first reason" } });
    expect((await env.FLAGS.getWithMetadata("charts")).metadata).toMatchObject({ by: admin.id });
    expect(await history(admin, "charts")).toEqual(before);
    await put(other, "charts", "on", "a third reason");
    expect((await history(admin, "charts"))[0]).toMatchObject({ actor: other.id, old: "off", new: "on" });
  });

  it("has a change made with wrangler as such, once", async () => {
    const before = await countRows("animations");
    await putFlag("animations", "off");
    await list(admin);
    await list(admin);
    const rows = await history(admin, "animations");
    expect(await countRows("animations")).toBe(before + 1);
    expect(rows[0]).toMatchObject({ via: "wrangler", actor: null, old: "auto", new: "off" });
  });

  it("has who and why of a wrangler change when they were given", async () => {
    await env.FLAGS.put("animations", "off", { metadata: { by: "ana", note: "provider is down" } });
    expect((await history(admin, "animations"))[0]).toMatchObject({
      via: "wrangler",
      actor: "ana",
      note: "provider is down",
    });
  });

  it.each([
    ["a note without measure", { by: "ana", note: "n".repeat(400) }, "ana", "n".repeat(300)],
    ["a note that is no text", { by: "ana", note: 7 }, "ana", null],
    ["no name", { note: "why" }, null, "why"],
    ["words that nobody knows", { author: "ana" }, null, null],
    ["a number", 7, null, null],
  ])("has what can be used of %s that was given to wrangler", async (_, metadata, actor, note) => {
    await env.FLAGS.put("animations", "off", { metadata });
    expect((await history(admin, "animations"))[0]).toMatchObject({ via: "wrangler", actor, note });
  });

  it("has the beginning of a value without measure, once, and the list shows no more of it", async () => {
    const before = await countRows("animations");
    // The cut goes through a character of two code units.
    await putFlag("animations", `${"a".repeat(198)}😀${"b".repeat(30_000)}`);
    await list(admin);
    const rows = await history(admin, "animations");
    expect(await countRows("animations")).toBe(before + 1);
    expect(rows[0]).toMatchObject({ via: "wrangler", old: "auto", new: `${"a".repeat(198)}\uFFFD…` });
    const found = await find(admin, "animations");
    expect(found?.["switch"]).toMatchObject({ raw: rows[0]?.new, valid: false, at: rows[0]?.at });
  });

  it("follows wrangler there and back, and a deleted key", async () => {
    for (const value of ["off", "on", "off"]) {
      await putFlag("animations", value);
      await list(admin);
    }
    await env.FLAGS.delete("animations");
    const rows = await history(admin, "animations");
    expect(rows.slice(0, 4).map((row) => `${row.old} → ${row.new}`)).toEqual([
      "off → auto",
      "on → off",
      "off → on",
      "auto → off",
    ]);
  });

  it("has what wrangler did and undid before anybody looked, if a request was answered meanwhile", async () => {
    const before = await countRows("animations");
    for (const change of [() => putFlag("animations", "off"), () => env.FLAGS.delete("animations")]) {
      await call("GET", "/api/health");
      const known = await countRows("animations");
      await change();
      await call("GET", "/api/health");
      await vi.waitUntil(async () => (await countRows("animations")) > known);
    }
    expect(await countRows("animations")).toBe(before + 2);
    const rows = await history(admin, "animations");
    expect(rows.slice(0, 2).map((row) => [row.via, row.old, row.new])).toEqual([
      ["wrangler", "off", "auto"],
      ["wrangler", "auto", "off"],
    ]);
  });

  it("writes a wrangler change down before the admin's next one", async () => {
    await put(admin, "animations", "off");
    await putFlag("animations", "75%");
    await put(admin, "animations", "on");
    const rows = await history(admin, "animations");
    expect(rows.slice(0, 3).map((row) => [row.via, row.old, row.new])).toEqual([
      ["admin", "75%", "on"],
      ["wrangler", "off", "75%"],
      ["admin", "auto", "off"],
    ]);
  });

  it("pages by cursor", async () => {
    for (const value of ["off", "on", "off"]) await put(admin, "animations", value);
    const first = await call("GET", `${LIST}/animations/history?limit=2`, { as: admin });
    const { items, nextCursor } = (await first.json()) as { items: Row[]; nextCursor: string };
    expect(items.length).toBe(2);
    const second = await call("GET", `${LIST}/animations/history?limit=1&cursor=${nextCursor}`, {
      as: admin,
    });
    expect(((await second.json()) as { items: Row[] }).items[0]).toMatchObject({ new: "off", old: "auto" });
  });

  it("is there for flags and rules only", async () => {
    expect((await call("GET", `${LIST}/chart/history`, { as: admin })).status).toBe(404);
  });

  it("can't be changed, emptied or written over", async () => {
    await put(admin, "animations", "off");
    for (const sql of ["UPDATE flag_changes SET note = 'nothing happened'", "DELETE FROM flag_changes"]) {
      await expect(env.DB.prepare(sql).run()).rejects.toThrow("FLAG_HISTORY_APPEND_ONLY");
    }
    const [before] = await history(admin, "animations");
    await env.DB.prepare(
      `INSERT OR REPLACE INTO flag_changes (id, change_id, at, key, via, actor, old, new)
       SELECT id, change_id, 0, key, 'admin', 'nobody', 'x', 'y' FROM flag_changes ORDER BY id DESC LIMIT 1`,
    ).run();
    expect((await history(admin, "animations"))[0]).toEqual(before);
  });

  it("is in the audit log too", async () => {
    await put(admin, "cloud_services", "off", "the bucket is being moved");
    const row = await env.DB.prepare(
      "SELECT actor_id, action, subject_type, subject_id, details FROM audit_log ORDER BY id DESC LIMIT 1",
    ).first();
    expect(row).toMatchObject({
      actor_id: admin.id,
      action: "flag.change",
      subject_type: "flag",
      subject_id: "cloud_services",
    });
    expect(JSON.parse(String(row?.["details"]))).toEqual({
      via: "admin",
      old: "auto",
      new: "off",
      note: "the bucket is being moved",
    });
  });
});

describe("noticing changes", () => {
  const journal = () => buildFlagJournal(env.DB);
  /** With the doubts that production has. */
  const notice = async (values: StoredValues, environment: Environment = "production") =>
    noticeReading(journal(), { values, readAt: Date.now() }, staleReadMsOf(environment, 0));
  const rowsOf = async (key: string) => (await history(admin, key)).map((row) => `${row.old} → ${row.new}`);

  it("writes one row when twenty Workers notice the same change at once", async () => {
    await putFlag("perf_monitoring", "off");
    const values = await readValues(env.FLAGS);
    const noticed = await Promise.all(Array.from({ length: 20 }, () => notice(values)));
    expect(noticed.flat()).toEqual(["perf_monitoring"]);
    expect(await rowsOf("perf_monitoring")).toEqual(["auto → off"]);
  });

  it("takes a quick return to the value before for an old copy, and a later one for a change", async () => {
    const before = await readValues(env.FLAGS);
    await putFlag("image_processing", "off");
    const after = await readValues(env.FLAGS);
    await notice(after);
    expect(await notice(before)).toEqual([]);
    await makeOlder("image_processing", 200_000);
    expect(await notice(before)).toEqual(["image_processing"]);
  });

  it("takes what held before several quick changes for an old copy too", async () => {
    const absent = await readValues(env.FLAGS);
    await put(admin, "animations", "25%");
    await put(admin, "animations", "50%");
    const known = await rowsOf("animations");
    expect(await notice(absent)).toEqual([]);
    expect(await rowsOf("animations")).toEqual(known);
  });

  it("doesn't doubt for ever because of a mark that is dated in the future", async () => {
    const at = Date.now() + 3_600_000;
    const metadata = { change: newId(), via: "admin", by: admin.id, at, note: null };
    await env.FLAGS.put("animations", "off", { metadata });
    const [row] = await history(admin, "animations");
    expect(row).toMatchObject({ via: "admin", new: "off" });
    expect(Date.parse(row?.at ?? "")).toBeLessThan(at);
    await env.FLAGS.delete("animations");
    expect((await history(admin, "animations"))[0]).toMatchObject({ via: "wrangler", new: "auto" });
  });

  /** As if the last row of the key had been written long ago. */
  async function makeOlder(key: string, ms: number): Promise<void> {
    await env.DB.prepare("DROP TRIGGER flag_changes_no_update").run();
    await env.DB.prepare("UPDATE flag_changes SET at = at - ?2 WHERE key = ?1").bind(key, ms).run();
    await env.DB.prepare(
      "CREATE TRIGGER flag_changes_no_update BEFORE UPDATE ON flag_changes BEGIN SELECT RAISE(ABORT, 'FLAG_HISTORY_APPEND_ONLY'); END",
    ).run();
  }

  it("writes the row of our own change that was lost, as it was, once", async () => {
    const id = newId();
    const broken = {
      ...journal(),
      append: () => Promise.reject(new Error("D1_ERROR: Network connection lost")),
    };
    const tools = {
      store: env.FLAGS,
      journal: broken,
      staleReadMs: 120_000,
      sleep: () => Promise.resolve(),
    };
    const change = {
      id,
      key: "charts" as const,
      value: "off",
      note: "why",
      requestId: null,
      apiKeyId: null,
      now: Date.now(),
    };
    const applied = await changeValue(tools, { ...change, via: "admin", actor: admin.id });
    expect(applied).toMatchObject({ ok: true, value: { isRecorded: false } });
    const values = await readValues(env.FLAGS);
    await Promise.all([1, 2, 3].map(() => notice(values)));
    const rows = await history(admin, "charts");
    expect(rows.filter((row) => row.note === "why" && row.actor === admin.id)).toEqual([
      expect.objectContaining({ via: "admin", new: "off" }),
    ]);
  });

  it("keeps the store and the history together when two change a flag at the same time", async () => {
    const tools = { store: env.FLAGS, staleReadMs: 120_000, sleep: () => Promise.resolve() };
    const other = await createPerson({ role: "ADMIN" });
    const change = (value: string, actor: string) => ({
      ...{ id: newId(), key: "animations" as const, value, via: "admin" as const, actor },
      ...{ note: null, requestId: null, apiKeyId: null, now: Date.now() },
    });
    // Each has looked before the other writes; the first one's row comes last, and so does the second one's write.
    const [hasLooked, hasWritten] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const store = new Proxy(env.FLAGS, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return async (...given: unknown[]) => {
          if (name === "put") {
            hasLooked.resolve();
            await hasWritten.promise;
          }
          return member.apply(target, given);
        };
      },
    });
    const second = changeValue({ ...tools, store, journal: journal() }, change("25%", other.id));
    await hasLooked.promise;
    const late = {
      ...journal(),
      append: async (entry: Parameters<ReturnType<typeof journal>["append"]>[0]) => {
        hasWritten.resolve();
        await second;
        return journal().append(entry);
      },
    };
    const first = await changeValue({ ...tools, journal: late }, change("off", admin.id));
    expect(first).toMatchObject({ ok: true, value: { isRecorded: true } });
    expect(await env.FLAGS.get("animations")).toBe("off");
    const rows = await history(admin, "animations");
    expect(rows.slice(0, 2).map((row) => [row.actor, row.old, row.new])).toEqual([
      [admin.id, "25%", "off"],
      [other.id, "auto", "25%"],
    ]);
  });

  it("finds out when somebody puts the mark of an older change beside another value", async () => {
    await put(admin, "animations", "off");
    const { metadata } = await env.FLAGS.getWithMetadata("animations");
    await env.FLAGS.put("animations", "75%", { metadata });
    expect((await history(admin, "animations"))[0]).toMatchObject({
      via: "wrangler",
      actor: null,
      new: "75%",
    });
    await put(admin, "animations", "on");
    await env.FLAGS.put("animations", "off", { metadata });
    expect((await history(admin, "animations"))[0]).toMatchObject({ via: "wrangler", old: "on", new: "off" });
  });

  it("ignores an old copy of one of our own changes", async () => {
    await put(admin, "animations", "off");
    const old = await readValues(env.FLAGS);
    await put(admin, "animations", "on");
    expect(await notice(old)).toEqual([]);
  });
});
