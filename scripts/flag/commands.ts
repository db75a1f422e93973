/** What `npm run flag` can do. Each command prints for a person and returns the exit code. */
import { userInfo } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { evaluateFlag } from "../../src/flags/evaluate.ts";
import { describeUnknownKeys, type FlagFinding, listFlagFindings } from "../../src/flags/findings.ts";
import { AUTO, WORDS_MAX_CHARACTERS } from "../../src/flags/keys.ts";
import {
  type Environment,
  FLAG_KEYS,
  type FlagKey,
  getDefinition,
  isFlagKey,
} from "../../src/flags/registry.ts";
import {
  buildSnapshot,
  type FlagSnapshot,
  type FlagState,
  listSwitchVariants,
  type StoredValues,
} from "../../src/flags/snapshot.ts";
import { suggestKey } from "../../src/flags/suggest.ts";
import { parseSwitch, shortenValue } from "../../src/flags/switch-value.ts";
import { Refusal } from "../dev/refusal.ts";
import { listStrangers, readNamespace, type Target, writeKey } from "./namespace.ts";
import { waitForRevision } from "./wait.ts";

const NAME_WIDTH = 18;
const SWITCH_WIDTH = 10;

export interface Options {
  target: Target;
  url: string | null;
  timeoutMs: number;
  note: string | undefined;
}

export async function listFlags({ target }: Options): Promise<number> {
  const snapshot = await readSnapshot(target);
  console.log(`${"flag".padEnd(NAME_WIDTH)}${"switch".padEnd(SWITCH_WIDTH)}for a visitor`);
  for (const key of FLAG_KEYS) console.log(describeFlag(snapshot, key));
  return printFindings(listFindings(snapshot, await listStrangers(target)));
}

export async function getFlag({ target }: Options, name: string): Promise<number> {
  const key = requireKey(name);
  const snapshot = await readSnapshot(target);
  console.log(describeFlag(snapshot, key));
  console.log(`Off means: ${getDefinition(key).whenOff}`);
  return printFindings(listFindings(snapshot, []));
}

export async function setFlag({ target, note }: Options, name: string, value: string): Promise<number> {
  const key = requireKey(name);
  if (note !== undefined && note.length > WORDS_MAX_CHARACTERS) {
    throw new Refusal(`Say why in at most ${WORDS_MAX_CHARACTERS} characters.`);
  }
  const { rule } = (await readSnapshot(target)).flags[key];
  if (parseSwitch(value, listSwitchVariants(rule)).kind === "invalid") {
    throw new Refusal(
      `“${value}” would change nothing: say on, off, auto, a variant of the rule, or a share such as 25%.`,
    );
  }
  await writeKey(target, key, value, { by: userInfo().username, ...(note === undefined ? {} : { note }) });
  console.log(`${key} is ${value} in the namespace. A running app follows within its FLAGS_TTL_SECONDS,`);
  console.log("elsewhere in the world within about a minute: npm run flag -- wait tells when it has.");
  if (getDefinition(key).critical && note === undefined) {
    console.log("It is critical, and the history has no reason now. Next time say --note why.");
  }
  return 0;
}

export async function waitForFlag(
  options: Options,
  name: string | undefined,
  value: string | undefined,
): Promise<number> {
  const key = name === undefined ? null : requireKey(name);
  if (options.url === null) throw new Refusal("Say where the app is: --url https://eventide.example");
  console.log(`Asking ${options.url}`);
  const snapshot = await readSnapshot(options.target);
  if (key !== null && value !== undefined) requireHeld(snapshot.flags[key], key, value);
  const answers = options.target.isRemote ? REMOTE_ANSWERS : LOCAL_ANSWERS;
  const ms = await waitForRevision({
    url: options.url,
    rev: snapshot.rev,
    timeoutMs: options.timeoutMs,
    answers,
  });
  console.log(
    `${options.url} serves revision ${snapshot.rev}: ${answers} ${answers === 1 ? "answer" : "answers in a row"}, after ${(ms / 1000).toFixed(1)} s.`,
  );
  return 0;
}

/** Two words for the same, such as ON and true, are the same. */
function requireHeld({ raw, rule, switch: held }: FlagState, name: FlagKey, value: string): void {
  if (isDeepStrictEqual(held, parseSwitch(value, listSwitchVariants(rule)))) return;
  throw new Refusal(
    `The namespace holds “${shortenValue(raw ?? AUTO)}” for ${name} and not “${value}”: set it first.`,
  );
}

const LOCAL_ANSWERS = 1;
const REMOTE_ANSWERS = 20;

/** Fails when something in the namespace counts for nothing: a deployment stops here. Warnings don't stop it. */
export async function examineFlags({ target }: Options): Promise<number> {
  const findings = listFindings(await readSnapshot(target), await listStrangers(target));
  if (findings.length === 0) console.log("Every switch and every rule counts.");
  return printFindings(findings);
}

async function readSnapshot(target: Target): Promise<FlagSnapshot> {
  const values: StoredValues = await readNamespace(target);
  const environment: Environment = target.isRemote ? "production" : "development";
  return buildSnapshot(values, { environment, source: "kv", readAt: Date.now() });
}

/** Who nobody knows anything about; rules may say otherwise for others. */
const VISITOR = { targetingKey: "visitor:unknown", role: "ANONYMOUS" };

function describeFlag(snapshot: FlagSnapshot, key: FlagKey): string {
  const details = evaluateFlag(snapshot, key, VISITOR);
  const raw = snapshot.flags[key].raw ?? "–";
  const why =
    details.source === "switch" ? "by the switch" : details.source === "rules" ? "by a rule" : "by default";
  return `${key.padEnd(NAME_WIDTH)}${raw.slice(0, SWITCH_WIDTH - 2).padEnd(SWITCH_WIDTH)}${details.variant} ${why}`;
}

function listFindings(snapshot: FlagSnapshot, strangers: readonly string[]): FlagFinding[] {
  return listFlagFindings(snapshot, describeUnknownKeys(strangers));
}

function printFindings(findings: readonly FlagFinding[]): number {
  for (const { severity, message, fix } of findings) {
    console.log(`${severity.toUpperCase()}: ${message}\n  ${fix}`);
  }
  return findings.some(({ severity }) => severity === "error") ? 1 : 0;
}

function requireKey(name: string): FlagKey {
  if (isFlagKey(name)) return name;
  const meant = suggestKey(name);
  throw new Refusal(
    `${name} is not a flag.${meant === null ? ` They are ${FLAG_KEYS.join(", ")}.` : ` Did you mean ${meant}?`}`,
  );
}
