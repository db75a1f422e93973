import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { insertFlagSchedule } from "../../src/db/flag-schedules.ts";
import { newId } from "../../src/ids.ts";
import { clearFlags, fakeStore, putFlag, putRules } from "../support/flags.ts";
import { type CallOptions, call } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";

interface Report {
  status: string;
  findings: { id: string; severity: string; title: string; detail: string; fix: string }[];
  flags: { source: string; rev: string; readAt: string | null; values: Record<string, unknown>[] };
}

const PATH = "/api/admin/diagnostics";

let admin: TestPerson;

async function diagnose(over: Partial<CallOptions> = {}): Promise<Report> {
  const response = await call("GET", PATH, { as: admin, ...over });
  expect(response.status).toBe(200);
  return (await response.json()) as Report;
}

beforeEach(async () => {
  await clearFlags();
  admin = await createPerson({ role: "ADMIN" });
});

describe("GET /api/admin/diagnostics", () => {
  it("finds nothing when nothing is wrong, and says where every flag's value comes from", async () => {
    await putFlag("animations", "off");
    const report = await diagnose();
    expect(report).toMatchObject({ status: "ok", findings: [], flags: { source: "kv" } });
    expect(report.flags.values).toContainEqual({
      key: "animations",
      value: false,
      variant: "off",
      reason: "STATIC",
      source: "switch",
      error: null,
    });
    expect(report.flags.values).toContainEqual(
      expect.objectContaining({ key: "charts", value: true, source: "default" }),
    );
  });

  it("reports a switch that means nothing as an error, with what to do", async () => {
    await putFlag("charts", "ture");
    const { status, findings } = await diagnose();
    expect(status).toBe("error");
    expect(findings).toEqual([
      expect.objectContaining({
        id: "flags.switch_invalid.charts",
        severity: "error",
        detail: expect.stringContaining("“ture”"),
        fix: expect.stringContaining("npm run flag -- set charts on"),
      }),
    ]);
  });

  it("reports broken rules, strange keys and a critical flag that is off, each on its own", async () => {
    await putFlag("rules.json", "{");
    await putFlag("cloud_services", "off");
    await env.FLAGS.put("it's mine; rm -rf", "x");
    const { findings } = await diagnose();
    expect(findings.map(({ id }) => id)).toEqual([
      "flags.rules_unreadable.rules.json",
      "flags.key_unknown.it's mine; rm -rf",
      "flags.critical_off.cloud_services",
    ]);
    expect(findings[1]?.fix).toContain("FLAGS 'it'\\''s mine; rm -rf'");
  });

  it("reports a critical flag that a rule takes from customers, though it is on for whoever asks", async () => {
    const targeting = { if: [{ "==": [{ var: "role" }, "USER"] }, "off", null] };
    const variants = { on: true, off: false };
    await putRules({ cloud_services: { state: "ENABLED", variants, defaultVariant: "on", targeting } });
    const { status, findings, flags } = await diagnose();
    expect(flags.values).toContainEqual(expect.objectContaining({ key: "cloud_services", value: true }));
    expect(status).toBe("warning");
    expect(findings).toEqual([
      expect.objectContaining({
        id: "flags.critical_partly_off.cloud_services",
        severity: "warning",
        title: "Cloud services may be off for some people, by its rule",
      }),
    ]);
    for (const path of ["/admin", "/admin/flags", "/admin/flags/cloud_services", "/gallery"]) {
      const page = await (await call("GET", path, { as: admin })).text();
      expect(page, path).toContain("May be off for some people, by its rule: Cloud services.");
    }
    const overview = await (await call("GET", "/admin/flags", { as: admin })).text();
    expect(overview).toContain("On for you");
    expect(overview).toContain("It may be off for some people, by its rule.");
    const customer = await (await call("GET", "/gallery", { as: await createPerson() })).text();
    expect(customer).not.toContain("May be off");
  });

  it.each(["0.01%", "99.99%"])("reports a critical flag for a share of %s, in it or not", async (share) => {
    await putFlag("charts", share);
    const { findings } = await diagnose();
    expect(findings.map(({ id, title }) => [id, title])).toEqual([
      ["flags.critical_partly_off.charts", "Charts may be off for some people, by its share"],
    ]);
    const page = await (await call("GET", "/admin", { as: admin })).text();
    expect(page).toContain("May be off for some people, by its share: Charts.");
  });

  it("says that KV doesn't answer, and which values hold instead", async () => {
    const shut = Object.assign(fakeStore(), { fails: true });
    // A deployment of its own, so that no other test has left a copy of the last values.
    const over = { FLAGS: shut.store, APP_ORIGIN: "http://unread.test" };
    const report = await diagnose({ env: over, headers: { Origin: "http://unread.test" } });
    expect(report.flags).toMatchObject({ source: "defaults", readAt: null });
    expect(report.findings[0]).toMatchObject({ id: "flags.flags_unreadable", severity: "error" });
    const open = fakeStore();
    await diagnose({ env: { FLAGS: open.store, FLAGS_TTL_SECONDS: "0" } });
    open.fails = true;
    const later = await diagnose({ env: { FLAGS: open.store, FLAGS_TTL_SECONDS: "0" } });
    expect(later.flags.source).toBe("last_known_good");
    expect(later.findings[0]).toMatchObject({ id: "flags.flags_stale", severity: "warning" });
  });

  it("finds a plan that the cron has missed", async () => {
    const plan = { id: newId(), key: "animations", value: "off", note: null, createdBy: admin.id };
    await insertFlagSchedule(env.DB, { ...plan, dueAt: Date.now() - 3_600_000 });
    const { findings } = await diagnose();
    expect(findings).toEqual([
      expect.objectContaining({ id: "flags.plan_overdue.animations", severity: "error" }),
    ]);
    const page = await (await call("GET", "/admin/flags", { as: admin })).text();
    expect(page).toContain("nobody has done it");
    await env.DB.prepare("UPDATE flag_schedules SET state = 'canceled' WHERE id = ?1").bind(plan.id).run();
  });

  it("is counted on the administrators' first page, but for strange keys, which would cost it a reading", async () => {
    await putFlag("charts", "ture");
    await putFlag("rules.json", '{"flags":{');
    await env.FLAGS.put("chart", "off");
    const { findings } = await diagnose();
    expect(findings).toHaveLength(3);
    const page = await (await call("GET", "/admin", { as: admin })).text();
    expect(page).toContain('<a href="/admin/flags">2 findings about the switches and their rules.</a>');
    expect(page).toContain("concern-error");
  });

  it("leaves the first page without a word about switches when nothing is wrong with them", async () => {
    const page = await (await call("GET", "/admin", { as: admin })).text();
    expect(page).toContain("Needs attention");
    expect(page).not.toContain("about the switches");
  });

  it("is for administrators", async () => {
    expect((await call("GET", PATH)).status).toBe(401);
    expect((await call("GET", PATH, { as: await createPerson() })).status).toBe(403);
  });
});
