import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { insertFlagChange } from "../../src/db/flag-changes.ts";
import { RULES_KEY } from "../../src/flags/keys.ts";
import { newId } from "../../src/ids.ts";
import { onForRole } from "../flags/support.ts";
import { clearFlags, fakeStore, putFlag, putRules } from "../support/flags.ts";
import { call, ORIGIN } from "../support/http.ts";
import { createPerson, type TestPerson } from "../support/people.ts";

let admin: TestPerson;

beforeEach(async () => {
  admin = await createPerson({ role: "ADMIN" });
  await clearFlags();
  await env.DB.prepare("DELETE FROM flag_schedules").run();
  await show("/admin/flags");
});

async function show(path: string): Promise<string> {
  const response = await call("GET", path, { as: admin });
  expect(response.status, path).toBe(200);
  return response.text();
}

const post = (key: string, form: Record<string, string>) =>
  call("POST", `/admin/flags/${key}`, { as: admin, form });

async function follow(response: Response): Promise<string> {
  expect(response.status, await response.clone().text()).toBe(303);
  const cookie = `${admin.cookie}; ${/notice=[^;]+/.exec(response.headers.get("Set-Cookie") ?? "")?.[0] ?? ""}`;
  const path = response.headers.get("Location") ?? "";
  return (await call("GET", path, { headers: { Cookie: cookie } })).text();
}

describe("/admin/flags", () => {
  it("shows every switch with its value and why", async () => {
    await putFlag("animations", "off");
    await putRules({ image_processing: onForRole("USER") });
    const page = await show("/admin/flags");
    for (const name of ["Cloud services", "Charts", "Image processing", "Animations"]) {
      expect(page).toContain(name);
    }
    expect(page).toContain("The switch says “off”.");
    expect(page).toContain("A rule decides.");
    expect(page).toContain("Nothing says otherwise, so the default holds.");
  });

  it("names nobody by an id where a change that changed nothing has no row", async () => {
    const metadata = { change: newId(), via: "admin", by: admin.id, at: Date.now(), note: "once more" };
    await env.FLAGS.put("animations", "auto", { metadata });
    const page = await show("/admin/flags");
    expect(page).toContain("once more");
    expect(page).toMatch(/<\/time>, by an administrator\./);
    expect(page).not.toContain(admin.id);
  });

  it("shows what counts for nothing in red words, and asks what was meant", async () => {
    await putFlag("charts", "ture");
    await env.FLAGS.put("chart", "off");
    const page = await show("/admin/flags");
    expect(page).toContain("The switch says “ture”, which means nothing and changes nothing.");
    expect(page).toContain("chart is not a flag. Did you mean charts?");
  });

  it("says that KV doesn't answer and what holds meanwhile", async () => {
    const fake = fakeStore();
    fake.fails = true;
    const response = await call("GET", "/admin/flags", { as: admin, env: { FLAGS: fake.store } });
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/KV does not answer/);
  });

  it("offers one press for what is not critical, and a form for what is", async () => {
    const page = await show("/admin/flags");
    expect(page).toMatch(/<form method="post" action="\/admin\/flags\/animations"/);
    expect(page).not.toMatch(/<form method="post" action="\/admin\/flags\/charts"/);
  });

  it("says what a person would get, a visitor, and somebody in a country", async () => {
    const person = await createPerson();
    await putRules({
      charts: onForRole("USER"),
      local: { ...onForRole("x"), targeting: { if: [{ "==": [{ var: "country" }, "DE"] }, "on", "off"] } },
    });
    const row = (page: string, key: string) =>
      new RegExp(`<span class="mono">${key}</span></th>.*?<span class="mono">(.*?)</span>`, "s").exec(
        page,
      )?.[1];
    const known = await show(`/admin/flags?ask=yes&person=${encodeURIComponent(person.email)}&country=de`);
    expect([row(known, "charts"), row(known, "local")]).toEqual(["true", "true"]);
    expect(row(await show(`/admin/flags?ask=yes&person=${person.id}`), "charts")).toBe("true");
    expect(row(await show("/admin/flags?ask=yes"), "charts")).toBe("false");
    expect(await show("/admin/flags?ask=yes&person=nobody@example.test")).toContain("Nobody here is called");
  });
});

describe("the form of a switch", () => {
  it("changes it, says so, and writes who and why into the history", async () => {
    const page = await follow(await post("animations", { intent: "change", value: "off", note: "a trial" }));
    expect(page).toContain("Animations: off.");
    expect(page).toMatch(/auto → off/);
    expect(page).toContain("a trial");
    expect(page).toContain(admin.email);
    expect(await env.FLAGS.get("animations")).toBe("off");
  });

  it("takes a share in percent", async () => {
    await follow(await post("animations", { intent: "change", value: "share", share: "25" }));
    expect(await env.FLAGS.get("animations")).toBe("25%");
    expect(await show("/admin/flags/animations")).toMatch(/value="share" checked/);
  });

  it.each([
    ["TRUE", "on"],
    ["disabled", "off"],
    ["12.5 %", "share"],
    [" auto ", "auto"],
  ])("shows what the switch %j means as the choice that it is", async (raw, choice) => {
    await putFlag("animations", raw);
    const page = await show("/admin/flags/animations");
    expect(/value="(\w+)" checked/.exec(page)?.[1]).toBe(choice);
    if (choice === "share")
      expect(page).toMatch(/name="share"[^>]*value="12.5"|value="12.5"[^>]*name="share"/);
  });

  it.each([
    ["no number", { value: "share", share: "" }, "field-share"],
    ["too much", { value: "share", share: "101" }, "field-share"],
    ["nothing", { value: "" }, "field-value"],
  ])("refuses a share or a value that is %s, at its field", async (_, form, field) => {
    const response = await post("animations", { intent: "change", ...form });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain(`href="#${field}"`);
    expect(await env.FLAGS.get("animations")).toBeNull();
  });

  it("asks for a reason and the flag's name before a critical change", async () => {
    const bare = await post("cloud_services", { intent: "change", value: "off" });
    expect(bare.status).toBe(422);
    const text = await bare.text();
    expect(text).toContain("#field-note");
    expect(text).toContain("#field-confirm");
    const wrong = { intent: "change", value: "off", note: "a good reason", confirm: "charts" };
    expect((await post("cloud_services", wrong)).status).toBe(422);
    expect(await env.FLAGS.get("cloud_services")).toBeNull();
    await follow(await post("cloud_services", { ...wrong, confirm: "cloud_services" }));
    expect(await env.FLAGS.get("cloud_services")).toBe("off");
  });

  it("keeps what was typed when it is refused", async () => {
    const response = await post("charts", { intent: "change", value: "off", note: "because of this" });
    const text = await response.text();
    expect(text).toContain('value="because of this"');
    expect(text).toMatch(/value="off" checked/);
  });

  it("answers 404 for a flag that isn't there, and 422 for a form that isn't known", async () => {
    expect((await post("chart", { intent: "change", value: "on" })).status).toBe(404);
    expect((await post("charts", { intent: "explode" })).status).toBe(422);
    expect((await call("GET", "/admin/flags/chart", { as: admin })).status).toBe(404);
  });

  it("says when KV doesn't take the change", async () => {
    const fake = fakeStore();
    fake.fails = true;
    const response = await call("POST", "/admin/flags/animations", {
      as: admin,
      form: { intent: "change", value: "off" },
      env: { FLAGS: fake.store },
    });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("The change could not be stored");
  });
});

describe("undo", () => {
  const undoForm = async (key: string) => {
    const page = await show(`/admin/flags/${key}`);
    return { intent: "undo", change: /name="change" value="(.*?)"/.exec(page)?.[1] ?? "" };
  };

  it("goes back to what was before the last change, and is a change itself", async () => {
    await post("animations", { intent: "change", value: "25%" });
    await post("animations", { intent: "change", value: "off" });
    const page = await follow(await post("animations", await undoForm("animations")));
    expect(await env.FLAGS.get("animations")).toBe("25%");
    expect(page).toContain("Undoes &quot;off&quot;");
  });

  it("asks for the name of a critical flag", async () => {
    await putFlag("charts", "off");
    const form = await undoForm("charts");
    expect((await post("charts", form)).status).toBe(422);
    await follow(await post("charts", { ...form, undoConfirm: "charts" }));
    expect(await env.FLAGS.get("charts")).toBe("auto");
  });

  it("is not offered where a switch that was misspelt would come back", async () => {
    await putFlag("animations", "ture");
    await show("/admin/flags/animations");
    await post("animations", { intent: "change", value: "off" });
    const page = await show("/admin/flags/animations");
    expect(page).toContain("“ture” is nothing that this switch may say");
    expect(page).not.toContain("Undo the last change");
  });

  it("undoes nothing when somebody has changed it meanwhile", async () => {
    await post("animations", { intent: "change", value: "off" });
    const form = await undoForm("animations");
    await post("animations", { intent: "change", value: "50%" });
    const response = await post("animations", form);
    expect(response.status).toBe(409);
    expect(await env.FLAGS.get("animations")).toBe("50%");
  });
});

describe("planning", () => {
  const soon = () => new Date(Date.now() + 3_600_000).toISOString().slice(0, 16);

  it("takes a switch for a time, shows it, and calls it off", async () => {
    const planned = await follow(
      await post("animations", { intent: "plan", planValue: "off", planAt: soon(), planNote: "a party" }),
    );
    expect(planned).toContain("a party");
    expect(await show("/admin/flags")).toContain("Planned");
    const plan = /name="plan" value="(.*?)"/.exec(planned)?.[1] ?? "";
    expect(await follow(await post("animations", { intent: "cancel", plan }))).toContain("called off");
    expect((await post("animations", { intent: "cancel", plan })).status).toBe(409);
  });

  it.each([
    ["the past", "2020-01-01T00:00"],
    ["next century", "2126-01-01T00:00"],
    ["no time", "tomorrow"],
    ["an impossible hour", "2026-12-31T99:00"],
  ])("refuses %s", async (_, planAt) => {
    const response = await post("animations", { intent: "plan", planValue: "off", planAt });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("#field-planAt");
  });

  it("doesn't take the 31st of February for a day in March", async () => {
    const now = new Date();
    const year = now.getUTCFullYear() + (now.getUTCMonth() > 1 ? 1 : 0);
    const planAt = `${year}-02-31T10:00`;
    const response = await post("animations", { intent: "plan", planValue: "off", planAt });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("Say a day and a time");
  });

  it("takes one switch for a flag and a minute", async () => {
    const planAt = soon();
    const plan = (key: string, planValue: string) => post(key, { intent: "plan", planValue, planAt });
    expect((await plan("animations", "off")).status).toBe(303);
    const second = await plan("animations", "on");
    expect(second.status).toBe(422);
    expect(await second.text()).toContain("Something is planned for it at this minute");
    expect((await plan("image_processing", "off")).status).toBe(303);
  });

  it("asks for a reason and the name for a critical flag", async () => {
    const response = await post("charts", { intent: "plan", planValue: "off", planAt: soon() });
    expect(response.status).toBe(422);
    const text = await response.text();
    expect(text).toContain("#field-planNote");
    expect(text).toContain("#field-planConfirm");
  });
});

describe("the guard", () => {
  it("is asked for and dismissed, and both are in the history of the rules", async () => {
    expect(await show("/admin/flags/animations")).toContain("Nobody watches it.");
    const watched = await follow(await post("animations", { intent: "guard", guard: "on" }));
    expect(watched).toContain("It is watched.");
    expect(watched).toContain("Nothing says otherwise");
    await follow(await post("animations", { intent: "guard", guard: "off" }));
    expect(await show("/admin/flags/animations")).toContain("Nobody watches it.");
    expect(await show("/admin/flags/rules")).toContain("Asks the guard to watch animations");
  });

  it("isn't there for critical flags", async () => {
    expect(await show("/admin/flags/charts")).not.toContain("Guard");
    expect((await post("charts", { intent: "guard", guard: "on" })).status).toBe(403);
  });

  it("isn't added to rules that can't be read", async () => {
    await env.FLAGS.put(RULES_KEY, "{");
    expect((await post("animations", { intent: "guard", guard: "on" })).status).toBe(409);
    expect(await env.FLAGS.get(RULES_KEY)).toBe("{");
  });
});

describe("the editor of rules", () => {
  const open = async (query = "") => {
    const page = await show(`/admin/flags/rules${query}`);
    return { page, base: /name="base" value="(.*?)"/.exec(page)?.[1] ?? "" };
  };
  const edit = (form: Record<string, string>) =>
    call("POST", "/admin/flags/rules", { as: admin, form: { note: "", ...form } });
  const document = (role: string) => JSON.stringify({ flags: { animations: onForRole(role) } });

  it("checks and compares without saving", async () => {
    const { base } = await open();
    const response = await edit({ intent: "check", base, document: document("USER") });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain("What would change");
    expect(text).toContain("diff-added");
    expect(await env.FLAGS.get(RULES_KEY)).toBeNull();
  });

  it("saves, and shows how it was before", async () => {
    await edit({ intent: "save", base: (await open()).base, document: document("USER"), note: "first" });
    await edit({ intent: "save", base: (await open()).base, document: document("HERO"), note: "second" });
    const { page } = await open();
    expect(page).toContain("HERO");
    expect(page).toContain("second");
    const before = /\?before=([0-9a-z]{26})/.exec(page)?.[1] ?? "";
    expect((await open(`?before=${before}`)).page).toContain("&quot;USER&quot;");
  });

  it("refuses what would break, keeps the text, and says where", async () => {
    const { base } = await open();
    for (const broken of ["{", '{"flags":{"charts":{"state":"enabled","variants":{}}}}']) {
      const response = await edit({ intent: "save", base, document: broken });
      expect(response.status).toBe(422);
      const text = await response.text();
      expect(text).toContain("This can&#39;t be saved");
      expect(text).not.toContain("it says the same as what is stored");
    }
    expect(await env.FLAGS.get(RULES_KEY)).toBeNull();
  });

  it("doesn't overwrite what somebody saved meanwhile", async () => {
    const { base } = await open();
    await putRules({ animations: onForRole("HERO") });
    const response = await edit({ intent: "save", base, document: document("USER") });
    expect(response.status).toBe(409);
    const text = await response.text();
    expect(text).toContain("Somebody has saved other rules meanwhile");
    const again = /name="base" value="(.*?)"/.exec(text)?.[1] ?? "";
    expect((await edit({ intent: "save", base: again, document: document("USER") })).status).toBe(303);
  });

  it("doesn't overwrite what was saved through another isolate, which this one hasn't read yet", async () => {
    const behind = { FLAGS: fakeStore().store, FLAGS_TTL_SECONDS: "3600" };
    const page = await call("GET", "/admin/flags/rules", { as: admin, env: behind });
    const form = { note: "", base: /name="base" value="(.*?)"/.exec(await page.text())?.[1] ?? "" };
    expect((await edit({ intent: "save", ...form, document: document("HERO") })).status).toBe(303);
    const mine = { ...form, intent: "save", document: document("USER") };
    const refused = await call("POST", "/admin/flags/rules", { as: admin, form: mine, env: behind });
    expect(refused.status).toBe(409);
    expect(await refused.text()).toMatch(/diff-removed.*HERO/s);
    const watched = await call("POST", "/admin/flags/image_processing", {
      as: admin,
      form: { intent: "guard", guard: "on" },
      env: behind,
    });
    expect(watched.status).toBe(303);
    expect(await env.FLAGS.get(RULES_KEY)).toMatch(/HERO.*image_processing/s);
  });

  it("asks for a reason and the names when it decides about a critical flag", async () => {
    const { base } = await open();
    const form = { intent: "save", base, document: JSON.stringify({ flags: { charts: onForRole("USER") } }) };
    const bare = await edit(form);
    expect(bare.status).toBe(422);
    const text = await bare.text();
    for (const words of ['href="#field-note"', 'href="#field-confirm"', "Type charts to confirm"]) {
      expect(text).toContain(words);
    }
    expect((await edit({ ...form, note: "a trial", confirm: "animations" })).status).toBe(422);
    expect(await env.FLAGS.get(RULES_KEY)).toBeNull();
    expect((await edit({ ...form, note: "a trial", confirm: "charts" })).status).toBe(303);
    // Shared expressions may be part of its rule, and taking the rule away is a change of it too.
    const again = (await open()).base;
    const shared = { flags: { charts: onForRole("USER") }, $evaluators: { e: true } };
    for (const document of [shared, { flags: {} }]) {
      const refused = await edit({ intent: "save", base: again, document: JSON.stringify(document) });
      expect(refused.status).toBe(422);
    }
  });

  it("says that nothing would change when only the spaces differ", async () => {
    await env.FLAGS.put(RULES_KEY, document("USER"));
    const { base } = await open();
    const spaced = JSON.stringify(JSON.parse(document("USER")), null, 4).replaceAll("\n", "\r\n");
    expect(await (await edit({ intent: "check", base, document: spaced })).text()).toContain(
      "it says the same as what is stored",
    );
  });

  it("opens what is stored even when that is no JSON", async () => {
    await env.FLAGS.put(RULES_KEY, "{ broken");
    const { page } = await open();
    expect(page).toContain("{ broken");
    expect(page).toContain("What is stored can&#39;t be used, so that no rule is in force. It is not JSON");
  });

  it("says when it opens which stored rule is not in force, and nothing when all are", async () => {
    await putRules({ animations: { state: "ENABLED" }, charts: onForRole("USER") });
    expect((await open()).page).toContain(
      "The stored rule of animations is not in force. It has no object named variants.",
    );
    await putRules({ charts: onForRole("USER") });
    expect((await open()).page).not.toContain("not in force");
  });

  it("names ten stored rules that can't be used, and counts the others", async () => {
    await putRules(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`extra-${index}`, {}])));
    const { page } = await open();
    expect(page.match(/The stored rule of extra-/g)).toHaveLength(10);
    expect(page).toContain("2 further rules can&#39;t be used.");
  });

  it("says beforehand that what is stored is too long for it, and shows no form that would be refused", async () => {
    const words = (count: number) => putRules({}, { metadata: { words: "é".repeat(count) } });
    await words(29_000);
    expect((await open()).base).not.toBe("");
    await words(31_000);
    const { page, base } = await open();
    expect(base).toBe("");
    expect(page).toContain("too long to be edited here");
    expect(page).not.toContain("<textarea");
  });
});

describe("export and import", () => {
  const load = (fields: Record<string, string | File>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return call("POST", "/admin/flags/import", { as: admin, form });
  };
  const exported = async () => show("/admin/flags/export");

  it("brings everything back to how it was exported, after showing what would change", async () => {
    await putFlag("animations", "25%");
    await putRules({ image_processing: onForRole("USER") });
    const text = await exported();
    await clearFlags();
    const shown = await load({ text, intent: "check" });
    expect(shown.status).toBe(200);
    const plan = await shown.text();
    expect(plan).toContain("25%");
    expect(plan).toContain("diff-added");
    expect(await env.FLAGS.get("animations")).toBeNull();
    const page = await follow(await load({ text, intent: "apply", note: "back to normal" }));
    expect(page).toContain("2 changes imported.");
    expect(await env.FLAGS.get("animations")).toBe("25%");
    expect(JSON.parse((await env.FLAGS.get(RULES_KEY)) ?? "")).toHaveProperty("flags.image_processing");
    expect(await show("/admin/flags/animations")).toContain("back to normal");
  });

  it("takes a file", async () => {
    const text = await exported();
    const file = new File([text.replace('"animations": "auto"', '"animations": "off"')], "flags.json");
    await follow(await load({ file, intent: "apply" }));
    expect(await env.FLAGS.get("animations")).toBe("off");
  });

  it("asks for a reason and the names before a critical flag changes", async () => {
    const text = (await exported()).replace('"charts": "auto"', '"charts": "off"');
    const bare = await load({ text, intent: "apply" });
    expect(bare.status).toBe(422);
    expect(await bare.text()).toContain("#field-confirm");
    expect(await env.FLAGS.get("charts")).toBeNull();
    await follow(await load({ text, intent: "apply", note: "a good reason", confirm: "charts" }));
    expect(await env.FLAGS.get("charts")).toBe("off");
  });

  it.each([
    ["no JSON", "{"],
    ["an unknown flag", '{"format":"eventide-flags/1","switches":{"chart":"off"}}'],
    ["a value that means nothing", '{"format":"eventide-flags/1","switches":{"charts":"ture"}}'],
    ["a broken rule", '{"flags":{"charts":{"state":"enabled","variants":{}}}}'],
  ])("refuses %s and changes nothing", async (_, text) => {
    const response = await load({ text, intent: "apply", note: "a good reason", confirm: "charts" });
    expect(response.status).toBe(422);
    expect(await env.FLAGS.get("charts")).toBeNull();
    expect(await env.FLAGS.get(RULES_KEY)).toBeNull();
  });

  it("says when there is nothing to change", async () => {
    expect(await (await load({ text: await exported(), intent: "check" })).text()).toContain(
      "everything is so already",
    );
  });
});

describe("/admin/speed", () => {
  it("says that there is no data, and that nothing is measured", async () => {
    await env.DB.prepare("DELETE FROM web_vitals").run();
    await putFlag("perf_monitoring", "off");
    const page = await show("/admin/speed");
    expect(page).toContain("No data yet");
    expect(page).toContain("Nothing is measured right now");
  });

  it("shows the 75th percentile of every page, judged in words", async () => {
    const send = (value: number) =>
      call("POST", "/api/vitals", { json: { page: "/gallery", samples: [{ name: "LCP", value }] } });
    for (const value of [1_000, 1_100, 5_000, 1_200]) await send(value);
    const page = await show("/admin/speed");
    expect(page).toContain("/gallery");
    expect(page).toMatch(/1,200 ms.*?speed-good/s);
  });
});

describe("a value without measure", () => {
  const long = "a".repeat(30_000);
  const shown = `${"a".repeat(199)}…`;

  it("is shown by its beginning wherever it is shown", async () => {
    const file = await show("/admin/flags/export");
    await putFlag("animations", long);
    const list = await show("/admin/flags");
    const flag = await show("/admin/flags/animations");
    const checked = await call("POST", "/admin/flags/import", {
      as: admin,
      form: { text: file, intent: "check" },
    });
    for (const page of [list, flag, await checked.text()]) {
      expect(page).toContain(shown);
      expect(page).not.toContain("a".repeat(200));
    }
    expect(flag).toContain(`auto → ${shown}`);
  });

  it("is shown by its beginning where it came in whole into the history", async () => {
    const at = Date.now();
    const entry = {
      key: "animations",
      via: "wrangler" as const,
      actor: null,
      note: null,
      requestId: null,
      apiKeyId: null,
    };
    await insertFlagChange(env.DB, { ...entry, changeId: newId(), at, value: long, initial: "auto" });
    await putFlag("animations", "off");
    const flag = await show("/admin/flags/animations");
    expect(flag).toContain(`${shown} → off`);
    expect(flag).not.toContain("a".repeat(200));
  });

  it("is named by its beginning where an import refuses it", async () => {
    const text = (await show("/admin/flags/export")).replace(
      '"animations": "auto"',
      `"animations": "${long}"`,
    );
    const refused = await call("POST", "/admin/flags/import", { as: admin, form: { text, intent: "check" } });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain(`animations: “${shown}” means nothing.`);
  });
});

describe("the flag pages", () => {
  it("are for administrators", async () => {
    const person = await createPerson();
    for (const path of ["/admin/flags", "/admin/flags/charts", "/admin/flags/rules", "/admin/speed"]) {
      expect((await call("GET", path, { as: person })).status).toBe(403);
      expect((await call("GET", path)).status).toBe(303);
    }
  });

  it("take no forms from other sites", async () => {
    const response = await call("POST", "/admin/flags/animations", {
      as: admin,
      form: { intent: "change", value: "off" },
      headers: { Origin: "https://other.test" },
    });
    expect(response.status).toBe(403);
    expect(await env.FLAGS.get("animations")).toBeNull();
  });

  it("show whatever is stored as text", async () => {
    await putFlag("charts", "<script>alert(1)</script>");
    await env.FLAGS.put(`<b>${newId()}</b>`, "x");
    const page = await show("/admin/flags");
    expect(page).not.toContain("<script>alert");
    expect(page).not.toMatch(/<b>[0-9a-z]{26}/);
    expect(new URL(ORIGIN).protocol).toBe("http:");
  });
});
