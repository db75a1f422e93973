/** What everything in here needs to know about the request that asks for it. */
import type { AuditOrigin } from "../db/audit.ts";
import type { Place } from "./place.ts";

export interface RequestFacts {
  requestId: string;
  place: Place;
  userAgent: string;
  /** The session cookie that came along, whatever it is worth. */
  sessionToken: string | undefined;
  /** The id of the API key that it was made with; absent for a browser. */
  keyId?: string | undefined;
  /** Milliseconds UTC. */
  now: number;
}

export function auditOrigin(facts: RequestFacts): AuditOrigin {
  return { requestId: facts.requestId, place: facts.place.network, keyId: facts.keyId };
}
