/** A flag for somebody who isn't calling right now: the owner of a job. They are looked up only when a rule asks. */
import { buildContext } from "./context.ts";
import { evaluateFlag } from "./evaluate.ts";
import type { FlagKey } from "./registry.ts";
import type { FlagSnapshot } from "./snapshot.ts";

export interface FlagPerson {
  id: string;
  role: string;
  email: string;
}

export async function isOnForPerson(
  snapshot: FlagSnapshot,
  key: FlagKey,
  id: string,
  findPerson: (id: string) => Promise<FlagPerson | null>,
): Promise<boolean> {
  const { environment, flags } = snapshot;
  const facts = { visitorId: null, country: null, environment };
  const isByRule = flags[key].rule !== null && flags[key].switch.kind !== "variant";
  const person = isByRule ? await findPerson(id) : null;
  const context = buildContext({ ...facts, person: person ?? { id, role: "", email: "" } });
  return evaluateFlag(snapshot, key, context).value;
}
