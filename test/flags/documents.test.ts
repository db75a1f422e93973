import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDocument } from "../../src/flags/check-document.ts";
import { type DiffLine, diffLines, hasDifference } from "../../src/flags/diff.ts";
import { DOCUMENT_MAX_CHARACTERS, DOCUMENT_MAX_FLAGS, parseDocument } from "../../src/flags/document.ts";
import { formatDocument, setGuard } from "../../src/flags/edit-document.ts";
import { buildExport, parseImport } from "../../src/flags/export.ts";
import { fitMetadata } from "../../src/flags/store.ts";
import { suggestKey } from "../../src/flags/suggest.ts";
import { needsTargetingKey } from "../../src/flags/targeting-key.ts";
import { newId } from "../../src/ids.ts";
import { onForRole, onForShare, snapshotOf } from "./support.ts";

describe("diffLines", () => {
  const apply = (lines: readonly DiffLine[], side: "added" | "removed") =>
    lines.flatMap((line) => (line.kind === "same" || line.kind === side ? [line.text] : []));

  it("says what was added and removed, with what stands around it", () => {
    const before = "a\nb\nc\nd\ne\nf\ng\nh";
    const after = "a\nb\nc\nd\nE\nf\ng\nh";
    expect(diffLines(before, after)).toEqual([
      { kind: "skipped", count: 2 },
      { kind: "same", text: "c" },
      { kind: "same", text: "d" },
      { kind: "removed", text: "e" },
      { kind: "added", text: "E" },
      { kind: "same", text: "f" },
      { kind: "same", text: "g" },
      { kind: "skipped", count: 1 },
    ]);
  });

  it("finds none in the same text, whatever its line breaks", () => {
    expect(hasDifference(diffLines("a\nb", "a\r\nb"))).toBe(false);
    expect(diffLines("", "")).toEqual([]);
  });

  it("always leads from the one text to the other", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const changed = new Set([...before, ...after]).size;
        // Long common stretches are left out, so only short texts can be put together again.
        const difference = diffLines(before.join("\n"), after.join("\n"));
        if (difference.some(({ kind }) => kind === "skipped") || changed === 0) return;
        expect(apply(difference, "removed").join("\n")).toBe(before.join("\n"));
        expect(apply(difference, "added").join("\n")).toBe(after.join("\n"));
      }),
    );
  });

  it("answers for very long texts too", () => {
    const long = (mark: string) => Array.from({ length: 5_000 }, (_, n) => `${mark}${n}`).join("\n");
    expect(diffLines(long("a"), long("b")).length).toBe(10_000);
  });
});

describe("a document", () => {
  it("defines nothing when it is too long, or defines too much", () => {
    expect(parseDocument(`"${"x".repeat(DOCUMENT_MAX_CHARACTERS)}"`).problems[0]?.key).toBeNull();
    const flags = Object.fromEntries(
      Array.from({ length: DOCUMENT_MAX_FLAGS + 1 }, (_, n) => [`f${n}`, onForRole("USER")]),
    );
    expect(parseDocument(JSON.stringify({ flags })).problems[0]?.key).toBeNull();
  });

  it("gives its metadata to every flag, and a flag's own wins", () => {
    const document = parseDocument(
      JSON.stringify({
        metadata: { owner: "all", team: "a", list: [1] },
        flags: { one: { ...onForRole("USER"), metadata: { team: "b" } } },
      }),
    );
    expect(document.rules.get("one")?.metadata).toEqual({ owner: "all", team: "b" });
  });

  it("is told by the schema what looks wrong in it, without being refused for that", () => {
    const checked = checkDocument({ flags: { extra: { ...onForRole("USER"), unheardOf: 1 } } });
    expect(checked.errors).toEqual([]);
  });

  it("is judged without an end, whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const { errors, warnings } = checkDocument({ flags: value, $evaluators: value });
        expect(errors.length + warnings.length).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });

  it("that is nested without measure is refused and not followed", () => {
    const depth = 5_000;
    const nested = JSON.parse(`${'{"!":['.repeat(depth)}true${"]}".repeat(depth)}`) as unknown;
    const { errors } = checkDocument({ flags: { charts: { ...onForRole("USER"), targeting: nested } } });
    expect(errors[0]?.message).toContain("nested");
  });
});

describe("needsTargetingKey", () => {
  it("is true where a share is chosen without saying by what", () => {
    expect(needsTargetingKey((onForShare(5) as { targeting: unknown }).targeting)).toBe(true);
    expect(needsTargetingKey({ if: [{ fractional: [["on", 1]] }, "a", "b"] })).toBe(true);
    expect(needsTargetingKey({ fractional: [{ var: "email" }, ["on", 1]] })).toBe(false);
    expect(needsTargetingKey({ "==": [{ var: "targetingKey" }, "x"] })).toBe(false);
    expect(needsTargetingKey(undefined)).toBe(false);
  });
});

describe("setGuard", () => {
  it("adds a rule that decides nothing, and takes it away again", async () => {
    const armed = setGuard('{"flags":{}}', "animations", true);
    if (!armed.ok) throw new Error(armed.error);
    const snapshot = await snapshotOf({ rules: armed.value });
    expect(snapshot.flags.animations.rule?.metadata).toEqual({ guard: true });
    expect(snapshot.document.problems).toEqual([]);
    const disarmed = setGuard(armed.value, "animations", false);
    expect(disarmed.ok && JSON.parse(disarmed.value)).toEqual({
      flags: { animations: { state: "ENABLED", variants: { on: true, off: false } } },
    });
  });

  it("keeps the rule and its other metadata", () => {
    const rule = { ...onForRole("USER"), metadata: { requires: "charts" } };
    const text = JSON.stringify({ flags: { animations: rule } });
    const armed = setGuard(text, "animations", true);
    if (!armed.ok) throw new Error(armed.error);
    expect(JSON.parse(armed.value)).toMatchObject({
      flags: { animations: { metadata: { requires: "charts", guard: true } } },
    });
    const disarmed = setGuard(armed.value, "animations", false);
    expect(disarmed.ok && JSON.parse(disarmed.value)).toEqual({ flags: { animations: rule } });
  });

  it.each(["{", "[]", '{"flags":[]}', '{"flags":{"animations":7}}'])("refuses to add to %s", (text) => {
    expect(setGuard(text, "animations", true).ok).toBe(false);
  });
});

describe("an export", () => {
  it("comes back as what it was", async () => {
    const rules = { flags: { charts: onForRole("USER") } };
    const snapshot = await snapshotOf({ rules, switches: { animations: "25%" } });
    const parsed = parseImport(JSON.stringify(buildExport(snapshot, "2026-11-22T00:00:00.000Z")));
    expect(parsed).toMatchObject({
      ok: true,
      value: { rules, switches: { animations: "25%", charts: "auto" } },
    });
  });

  it("holds rules that aren't JSON as the text that they are", async () => {
    expect(buildExport(await snapshotOf({ rules: "{" }), "").rules).toBe("{");
  });

  it.each([
    ["{", "not JSON"],
    ["[]", "not a JSON object"],
    ["{}", "neither an export"],
    ['{"format":"eventide-flags/2"}', "neither an export"],
    ['{"format":"eventide-flags/1","switches":{"chart":"off"}}', "chart is not a flag"],
  ])("refuses %s", (text, reason) => {
    expect(parseImport(text)).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });

  it("may be a flagd document alone", () => {
    expect(parseImport('{"flags":{}}')).toMatchObject({ ok: true, value: { switches: {} } });
  });
});

describe("formatDocument", () => {
  it("writes JSON as people do: on one line what fits on one, and the rest indented", () => {
    expect(formatDocument('{"a":[1,{"b":null}],"c":{}}')).toBe('{ "a": [1, { "b": null }], "c": {} }');
    const long = "x".repeat(60);
    expect(formatDocument(JSON.stringify({ a: { long }, b: [long, 7] }))).toBe(
      `{\n  "a": { "long": "${long}" },\n  "b": ["${long}", 7]\n}`,
    );
  });

  it("says the same as before, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(JSON.parse(formatDocument(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("leaves other text alone", () => {
    expect(formatDocument("{")).toBe("{");
  });
});

describe("operators that flagd doesn't define", () => {
  const at = (targeting: unknown) =>
    parseDocument(JSON.stringify({ flags: { x: { ...SWITCHABLE, targeting } } }));
  const SWITCHABLE = { state: "ENABLED", variants: { on: true, off: false }, defaultVariant: "on" };

  it.each([
    // Asked of the library, the first one never ends and the second one throws.
    ["constructor", { exists: [{ constructor: [1e308] }] }],
    ["try", { if: [{ try: [] }, "on", "off"] }],
    ["log", { if: [{ "==": [{ log: "everything" }, 1] }, "on"] }],
    ["__proto__", JSON.parse('{"if":[{"__proto__":[1]},"on"]}')],
    ["second", { if: [{ "==": [1, 1], second: 2 }, "on"] }],
  ])("keep a rule with %s from being evaluated, and nothing else", (name, targeting) => {
    const { rules, problems } = at(targeting);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(/which flagd doesn't define/);
    expect(rules.get("x")?.evaluate({ targetingKey: "a" })).toMatchObject({
      kind: "error",
      code: "PARSE_ERROR",
    });
    if (name !== "constructor") expect(problems[0]?.message).toContain(`“${name}”`);
  });

  it("are none of these", () => {
    const rule = { if: [{ some: [[1, 2], { ">": [{ "+": [{ var: "" }, 1] }, 2] }] }, "on", "off"] };
    expect(at(rule).problems).toEqual([]);
    expect(at(rule).rules.get("x")?.evaluate({})).toMatchObject({ variant: "on" });
  });

  it("or ones with nonsense in them never make an evaluation throw", () => {
    const operators = [
      "if",
      "var",
      "missing_some",
      "map",
      "reduce",
      "in",
      "substr",
      "fractional",
      "sem_ver",
      "%",
    ];
    const { rule } = fc.letrec((tie) => ({
      rule: fc.oneof(
        { depthSize: "small", maxDepth: 5 },
        fc.constantFrom<unknown>(true, null, 0, -1, 1e308, "on", "", "a.b", "__proto__"),
        fc.array(tie("rule"), { maxLength: 3 }),
        fc
          .tuple(fc.constantFrom(...operators), tie("rule"))
          .map(([name, operands]) => ({ [name]: operands })),
      ),
    }));
    fc.assert(
      fc.property(rule, (targeting) => {
        const outcome = at(targeting)
          .rules.get("x")
          ?.evaluate({ targetingKey: "a", "a.b": [1] });
        expect(["value", "code_default", "error", undefined]).toContain(outcome?.kind);
      }),
    );
  });
});

describe("checkDocument", () => {
  it.each([
    [{ on: true }, "Its default variant zzz is none of its variants: on."],
    [{ on: true, off: false }, "Its default variant zzz is none of its variants: on, off."],
    [{}, "Its default variant zzz is none of its variants: it has none."],
  ])("names the variants %j, of which the default is none", (variants, message) => {
    const flags = { extra: { state: "ENABLED", variants, defaultVariant: "zzz" } };
    expect(checkDocument({ flags }).errors).toEqual([{ field: "flags.extra", message }]);
  });

  const warningsFor = (targeting: unknown) =>
    checkDocument({ flags: { animations: { ...onForRole("USER"), targeting } } })
      .warnings.filter(({ field }) => field === "flags.animations.targeting")
      .map(({ message }) => /“(.*)”/.exec(message)?.[1]);

  it.each([
    [{ if: [{ "==": [{ var: "role" }, "USER"] }, "of", "on"] }, ["of"]],
    [{ if: [true, { if: [true, "on", "onn"] }, true, "off", "offf"] }, ["onn", "offf"]],
    [{ if: [true, true, false] }, ["true", "false"]],
    [
      {
        fractional: [
          ["onn", 50],
          ["off", 50],
        ],
      },
      ["onn"],
    ],
    [{ if: [{ in: ["words", { var: "email" }] }, "on", null] }, []],
    [{ if: [true, { var: "wanted" }, "off"] }, []],
  ])("names answers of %j that are no variants", (targeting, expected) => {
    expect(warningsFor(targeting)).toEqual(expected);
  });
});

describe("suggestKey", () => {
  it.each([
    ["chart", "charts"],
    ["CHARTS", "charts"],
    ["flags:charts", "charts"],
    ["FLAG_CHARTS", "charts"],
    ["image-processing", "image_processing"],
    ["cloud_servces", "cloud_services"],
    ["animations_enabled", "animations"],
  ])("for %s is %s", (unknown, meant) => {
    expect(suggestKey(unknown)).toBe(meant);
  });

  it.each(["", "x", "something else entirely", "a".repeat(500)])("for %j is nothing", (unknown) => {
    expect(suggestKey(unknown)).toBeNull();
  });
});

describe("fitMetadata", () => {
  it("shortens the note to what KV takes beside a value", () => {
    const metadata = { change: newId(), via: "admin" as const, by: newId(), at: 1, note: "ä€😀".repeat(200) };
    const fitted = fitMetadata(metadata);
    expect(new TextEncoder().encode(JSON.stringify(fitted)).length).toBeLessThanOrEqual(1_024);
    expect(fitted.note?.length).toBeGreaterThan(50);
    expect(fitMetadata({ ...metadata, note: "short" }).note).toBe("short");
    expect(fitMetadata({ ...metadata, note: "Fête à Zürich 😀" }).note).toBe("Fete a Zurich ?");
  });
});
