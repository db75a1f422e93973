/**
 * What the minute's cron does for the flags: writes down what was changed past this product, makes the switches whose
 * time has come, and lets the guard look. Each part runs on its own, and all of them through the one way to change.
 */
import { logError, logInfo } from "../log.ts";
import { type ChangeTools, changeValue } from "./change.ts";
import { type GuardCounts, runGuard } from "./guard.ts";
import type { StoredKey } from "./keys.ts";
import { noticeReading } from "./notice-changes.ts";
import { isFlagKey } from "./registry.ts";
import type { FlagSnapshot } from "./snapshot.ts";
import { readValues } from "./store.ts";

export interface ScheduledSwitch {
  id: string;
  key: string;
  value: string;
  note: string | null;
  createdBy: string;
}

export interface RoundTools extends ChangeTools {
  agenda: {
    /** Takes what is due for some minutes; what isn't ended then is taken again. */
    claimDue(): Promise<ScheduledSwitch[]>;
    endClaim(id: string, isDone: boolean): Promise<void>;
  };
  loadSnapshot: () => Promise<FlagSnapshot>;
  readGuardCounts: () => Promise<readonly (GuardCounts & { key: string })[]>;
  deleteOld: () => Promise<unknown>;
  now: () => number;
}

export async function runFlagRound(tools: RoundTools): Promise<void> {
  await runPart("notice", () => noticeNow(tools));
  await runPart("schedules", () => applySchedules(tools));
  await runPart("guard", async () =>
    runGuard(tools, await tools.loadSnapshot(), tools.readGuardCounts, tools.now()),
  );
  await runPart("old", () => tools.deleteOld());
}

async function noticeNow({ journal, store, staleReadMs, now }: RoundTools): Promise<void> {
  const readAt = now();
  await noticeReading(journal, { values: await readValues(store), readAt }, staleReadMs);
}

/** Soonest first, so that of two for one flag the later one is what stays. */
async function applySchedules(tools: RoundTools): Promise<void> {
  for (const { id, key, value, note, createdBy } of await tools.agenda.claimDue()) {
    if (!isFlagKey(key)) {
      await tools.agenda.endClaim(id, true);
      continue;
    }
    const change = { id, key: key as StoredKey, value, via: "schedule" as const, actor: createdBy, note };
    const applied = await changeValue(tools, {
      ...change,
      requestId: null,
      apiKeyId: null,
      now: tools.now(),
    });
    await tools.agenda.endClaim(id, applied.ok);
    logInfo("flag_schedule_applied", { key, value, isDone: applied.ok });
  }
}

async function runPart(part: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    logError("flag_round_failed", error, { part });
  }
}
