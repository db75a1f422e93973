/** What is wrong with what the flags of a document require of each other, whoever asks. Pure. */
import type { FlagDocument } from "./document.ts";
import { listRequired } from "./evaluate.ts";
import { isFlagKey } from "./registry.ts";

export interface RequirementFault {
  key: string;
  kind: "unknown" | "circular";
  /** A sentence. */
  message: string;
}

export function listRequirementFaults(document: FlagDocument): RequirementFault[] {
  const required = new Map([...document.rules].map(([key, rule]) => [key, listRequired(null, rule)]));
  const endless = findEndless(required);
  return [...required].flatMap(([key, others]) =>
    others.flatMap((other): RequirementFault[] => {
      if (!(isFlagKey(other) || document.rules.has(other))) {
        return [{ key, kind: "unknown", message: `It requires ${other}, which is not a flag: it is off.` }];
      }
      if (!endless.has(other)) return [];
      const what = other === key ? "which is itself" : "which leads in a circle";
      const message = `It requires ${other}, ${what}: it is off unless a switch decides.`;
      return [{ key, kind: "circular", message }];
    }),
  );
}

/** The flags that are left when those are taken away, again and again, that require none of what is left. */
function findEndless(required: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const left = new Set(required.keys());
  let before: number;
  do {
    before = left.size;
    for (const [key, others] of required) {
      if (!others.some((other) => left.has(other))) left.delete(key);
    }
  } while (left.size < before);
  return left;
}
