/**
 * `npm run flag -- list|get|set|auto|wait|doctor`: the switches from a terminal, here or with --remote where the
 * product is deployed. Thin on purpose: it calls wrangler, and the words are judged by the app's own code.
 */
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { Refusal, runScript } from "./dev/refusal.ts";
import { ROOT } from "./dev/wrangler.ts";
import { findLocalUrl, requireUrl } from "./flag/address.ts";
import { examineFlags, getFlag, listFlags, type Options, setFlag, waitForFlag } from "./flag/commands.ts";
import { describeTarget } from "./flag/namespace.ts";

const USAGE = `Use it like this:
  npm run flag -- list                        every switch, and what it does for a visitor
  npm run flag -- get charts
  npm run flag -- set charts off [--note why] on, off, auto, a variant, or a share such as 25%
  npm run flag -- auto charts                 follow the rules again
  npm run flag -- wait [charts off]           return when the running app serves what the namespace holds
  npm run flag -- doctor                      fail when something counts for nothing
Everywhere: --remote for the deployed namespace (without it, the local one), --url for the app to wait for (without
it, the one of this folder: PORT, else APP_ORIGIN of .dev.vars), --timeout in seconds, --persist-to for another folder of local state.`;

const STATE_DIR = join(ROOT, ".wrangler", "state");
const DEV_VARS_PATH = join(ROOT, ".dev.vars");
const DEFAULT_TIMEOUT_SECONDS = "120";

await runScript(async () => {
  const given = parseOptions();
  if (given.values.help) return console.log(USAGE);
  const { options, command } = readCommandLine(given);
  if (command.length === 0) throw new Refusal(USAGE);
  console.log(describeTarget(options.target));
  process.exitCode = await run(options, command);
});

async function run(options: Options, [command, name, value, ...rest]: string[]): Promise<number> {
  if (rest.length > 0)
    throw new Refusal(`${rest.join(" ")} is one word too many. Quote a value with spaces.`);
  if (command === "list") return listFlags(options);
  if (command === "doctor") return examineFlags(options);
  if (command === "wait") return waitForFlag(options, name, value);
  if (command === "get" && name !== undefined) return getFlag(options, name);
  if (command === "auto" && name !== undefined) return setFlag(options, name, "auto");
  if (command === "set" && name !== undefined && value !== undefined) return setFlag(options, name, value);
  throw new Refusal(USAGE);
}

function readCommandLine({ values, positionals }: Given): { options: Options; command: string[] } {
  const timeoutMs = Number(values.timeout) * 1_000;
  if (!(timeoutMs > 0)) throw new Refusal("Say --timeout in seconds, such as --timeout 60.");
  if (values.remote && values.local) throw new Refusal("Say --remote or --local, not both.");
  return {
    command: positionals,
    options: {
      target: { isRemote: values.remote, stateDir: values["persist-to"] },
      url: findUrl(positionals[0], values),
      timeoutMs,
      note: values.note,
    },
  };
}

/** Only waiting asks the app; anything else must work whatever the settings say. Null when nobody said where it is. */
function findUrl(command: string | undefined, values: Given["values"]): string | null {
  if (command !== "wait") return null;
  if (values.url !== undefined) return requireUrl(values.url, "--url");
  return values.remote ? null : findLocalUrl(process.env["PORT"], DEV_VARS_PATH);
}

type Given = ReturnType<typeof parseGiven>;

function parseOptions(): Given {
  try {
    return parseGiven();
  } catch (error) {
    throw error instanceof TypeError ? new Refusal(`${error.message}\n${USAGE}`) : error;
  }
}

function parseGiven() {
  return parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h", default: false },
      remote: { type: "boolean", default: false },
      local: { type: "boolean", default: false },
      url: { type: "string" },
      note: { type: "string" },
      timeout: { type: "string", default: DEFAULT_TIMEOUT_SECONDS },
      "persist-to": { type: "string", default: STATE_DIR },
    },
  });
}
