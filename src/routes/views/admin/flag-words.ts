/** Flags in plain English: why a value holds, and what a change was. Pure. */
import type { AdminFlag, FlagVia } from "./flag-model.ts";

/** One sentence: who or what decided. */
export function explainWhy(flag: Pick<AdminFlag, "source" | "reason" | "switch" | "variant">): string {
  const raw = flag.switch.raw ?? "auto";
  if (flag.source === "switch") {
    return flag.reason === "SPLIT"
      ? `The switch says “${raw}”: a share of people, and you are ${flag.variant === "on" ? "" : "not "}among them.`
      : `The switch says “${raw}”.`;
  }
  return explainReason(flag.source, flag.reason);
}

export function explainReason(source: string, reason: string): string {
  switch (reason) {
    case "TARGETING_MATCH":
      return "A rule decides.";
    case "STATIC":
      return source === "switch" ? "The switch decides." : "The rule says so for everybody.";
    case "SPLIT":
      return "The switch chooses a share of people.";
    case "PREREQUISITE":
      return "It requires a flag that is off.";
    case "DISABLED":
      return "Its rule is disabled, so the default holds.";
    case "ERROR":
      return "Its rule can't be used, so the default holds.";
    case "TARGETING_KEY_MISSING":
      return "A share of people can't be chosen without somebody to choose by.";
    default:
      return source === "rules"
        ? "No part of the rule fits, so its default variant holds."
        : "Nothing says otherwise, so the default holds.";
  }
}

export function nameOfVia(via: FlagVia): string {
  switch (via) {
    case "admin":
      return "Admin";
    case "wrangler":
      return "wrangler";
    case "schedule":
      return "Plan";
    case "guard":
      return "Guard";
  }
}

/** A switch's value as people say it. */
export function nameOfValue(raw: string): string {
  return raw === "auto" ? "follow the rules" : raw;
}
