import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSwitch } from "../../src/flags/switch-value.ts";

const ON = { kind: "variant", variant: "on" };
const OFF = { kind: "variant", variant: "off" };

describe("parseSwitch", () => {
  it.each(["on", "ON", " on\n", "true", "1", "enabled"])("reads %j as on", (raw) => {
    expect(parseSwitch(raw)).toEqual(ON);
  });

  it.each(["off", "Off", "\toff", "false", "0", "DISABLED"])("reads %j as off", (raw) => {
    expect(parseSwitch(raw)).toEqual(OFF);
  });

  it("follows the rules when the key is absent or says auto", () => {
    expect(parseSwitch(null)).toEqual({ kind: "auto" });
    expect(parseSwitch("Auto")).toEqual({ kind: "auto" });
  });

  it("takes a variant that the flag's rule defines, by its exact name", () => {
    expect(parseSwitch("beta", ["beta"])).toEqual({ kind: "variant", variant: "beta" });
    expect(parseSwitch("Beta", ["beta"])).toEqual({ kind: "invalid" });
    expect(parseSwitch("beta")).toEqual({ kind: "invalid" });
  });

  it.each([
    ["25%", 25],
    ["0%", 0],
    ["100%", 100],
    ["2.5 %", 2.5],
    ["0.01%", 0.01],
  ])("reads %j as a share", (raw, percentage) => {
    expect(parseSwitch(raw)).toEqual({ kind: "percentage", percentage });
  });

  it.each([
    "ture",
    "",
    "  ",
    "101%",
    "-1%",
    "25",
    "%",
    "1e2%",
    "25%%",
    "0.001%",
    '"on"',
    "on off",
    "yes?",
    "null",
    "constructor",
    "__proto__",
  ])("changes nothing for %j", (raw) => {
    expect(parseSwitch(raw)).toEqual({ kind: "invalid" });
  });

  it("has an answer for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (raw) => {
        expect(["auto", "variant", "percentage", "invalid"]).toContain(parseSwitch(raw).kind);
      }),
    );
  });
});
