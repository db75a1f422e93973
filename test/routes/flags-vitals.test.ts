import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { runQuery } from "../../src/db/query.ts";
import { buildVitalsQuery, deleteOldWebVitals, insertWebVitals } from "../../src/db/web-vitals.ts";
import { clearFlags, putFlag, putRules } from "../support/flags.ts";
import { call } from "../support/http.ts";
import { createPerson } from "../support/people.ts";

const WEEK_DAYS = 7;
const readSummary = () => runQuery(buildVitalsQuery(env.DB, WEEK_DAYS));
const send = (body: unknown) => call("POST", "/api/vitals", { json: body });
const BODY = { page: "/gallery", samples: [{ name: "LCP", value: 1234.5 }] };

beforeEach(async () => {
  await clearFlags();
  await env.DB.prepare("DELETE FROM web_vitals").run();
});

describe("perf_monitoring on", () => {
  it("puts Server-Timing on every answer, refusals and pictures' refusals too", async () => {
    for (const path of ["/", "/api/health", "/api/me", "/nothing", "/images/x/thumb"]) {
      const response = await call("GET", path);
      expect(response.headers.get("Server-Timing"), path).toMatch(/^app;dur=\d+\.\d$/);
    }
  });

  it("lets a page measure itself under the name of its route", async () => {
    const page = await (await call("GET", "/")).text();
    expect(page).toContain('<meta name="measured-page" content="/"/>');
    expect(page).toContain("/scripts/vitals.js");
  });

  it("stores what a browser sends, and nothing about who", async () => {
    expect((await send(BODY)).status).toBe(204);
    expect(await readSummary()).toEqual([{ page: "/gallery", name: "LCP", samples: 1, p75: 1234.5 }]);
    const columns = await env.DB.prepare("SELECT name FROM pragma_table_info('web_vitals')").all();
    expect(columns.results.map((row) => row["name"])).toEqual(["id", "at", "page", "name", "value"]);
  });

  it.each([
    ["another page", { ...BODY, page: "/somewhere" }],
    ["an unknown measure", { ...BODY, samples: [{ name: "XYZ", value: 1 }] }],
    ["a negative value", { ...BODY, samples: [{ name: "LCP", value: -1 }] }],
    ["too much at once", { ...BODY, samples: Array(6).fill({ name: "LCP", value: 1 }) }],
    ["something more", { ...BODY, person: "me" }],
  ])("refuses %s", async (_, body) => {
    expect((await send(body)).status).toBe(422);
    expect(await readSummary()).toEqual([]);
  });

  it("stores no flood", async () => {
    for (let n = 0; n < 650; n += 50) {
      await insertWebVitals(env.DB, "/", Array(50).fill({ name: "LCP", value: n }));
    }
    const total = await env.DB.prepare("SELECT count(*) AS n FROM web_vitals").first<number>("n");
    expect(total).toBe(600);
  });
});

describe("perf_monitoring off", () => {
  it("leaves no header, no script and no sample", async () => {
    await putFlag("perf_monitoring", "off");
    const response = await call("GET", "/");
    expect(response.headers.get("Server-Timing")).toBeNull();
    expect(await response.text()).not.toMatch(/vitals|measured-page/);
    const refused = await send(BODY);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: "feature_disabled" });
    expect(await readSummary()).toEqual([]);
  });
});

describe("the summary", () => {
  it("is the value that three quarters of all samples don't exceed, by page and measure", async () => {
    const samples = [100, 200, 300, 400].map((value) => ({ name: "LCP" as const, value }));
    await insertWebVitals(env.DB, "/", samples);
    await insertWebVitals(env.DB, "/", [{ name: "CLS", value: 0.02 }]);
    await insertWebVitals(env.DB, "/gallery", [{ name: "LCP", value: 50 }]);
    expect(await readSummary()).toEqual([
      { page: "/", name: "CLS", samples: 1, p75: 0.02 },
      { page: "/", name: "LCP", samples: 4, p75: 300 },
      { page: "/gallery", name: "LCP", samples: 1, p75: 50 },
    ]);
  });

  it("forgets what is older than thirty days", async () => {
    await insertWebVitals(env.DB, "/", [{ name: "LCP", value: 1 }]);
    await env.DB.prepare("UPDATE web_vitals SET at = at - 31 * 86400000").run();
    await insertWebVitals(env.DB, "/", [{ name: "LCP", value: 2 }]);
    await deleteOldWebVitals(env.DB);
    expect(await env.DB.prepare("SELECT value FROM web_vitals").first("value")).toBe(2);
  });
});

describe("a guarded flag", () => {
  it("has its requests counted without making them wait", async () => {
    await putRules({
      animations: { state: "ENABLED", variants: { on: true, off: false }, metadata: { guard: true } },
    });
    const person = await createPerson();
    expect((await call("GET", "/gallery", { as: person })).status).toBe(200);
  });
});
