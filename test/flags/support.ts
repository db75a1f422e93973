/** Snapshots for tests, made from what the namespace would hold. */
import type { EvaluationContext } from "../../src/flags/context.ts";
import { RULES_KEY, type StoredKey } from "../../src/flags/keys.ts";
import type { Environment, FlagKey } from "../../src/flags/registry.ts";
import { buildSnapshot, type FlagSnapshot, NOTHING_STORED } from "../../src/flags/snapshot.ts";

export interface StoredTexts {
  switches?: Partial<Record<FlagKey, string>>;
  /** A document as an object, or as the text that it is stored as. */
  rules?: object | string;
  environment?: Environment;
}

export async function snapshotOf({
  switches = {},
  rules,
  environment = "production",
}: StoredTexts = {}): Promise<FlagSnapshot> {
  const texts: Partial<Record<StoredKey, string>> = { ...switches };
  if (rules !== undefined) texts[RULES_KEY] = typeof rules === "string" ? rules : JSON.stringify(rules);
  const values = Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, { value, metadata: null }]),
  );
  return buildSnapshot({ ...NOTHING_STORED, ...values }, { environment, source: "kv", readAt: 0 });
}

/** A rule that is on for one role and off for everybody else. */
export function onForRole(role: string): object {
  return {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    targeting: { if: [{ "==": [{ var: "role" }, role] }, "on", "off"] },
  };
}

/** A rule that is on for a share of people, by their targeting key. */
export function onForShare(percentage: number): object {
  return {
    state: "ENABLED",
    variants: { on: true, off: false },
    defaultVariant: "off",
    targeting: {
      fractional: [
        ["on", percentage],
        ["off", 100 - percentage],
      ],
    },
  };
}

export const SOMEBODY: EvaluationContext = { targetingKey: "somebody", role: "USER" };
