/**
 * Where the output of the app and the simulator goes: every line into a file, and what somebody has to know
 * (warnings, errors and alarms, a failed build) to the terminal too. EVENTIDE_VERBOSE=1 shows everything.
 */
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";

export type Show = (line: string) => void;

const ANSI_PATTERN = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
/** The app's own log lines; wrangler puts a badge before those that go to stderr. */
const LOG_LINE_PATTERN = /^(?:\S+ \[(?:ERROR|WARNING)\] )?(\{"level":"(info|warning|alarm|error)".*\})$/;
const BADGE_PATTERN = /^\S+ \[(ERROR|WARNING)\] /;

export interface SortedLine {
  text: string;
  isShown: boolean;
}

/**
 * Decides line by line. A message of wrangler's own goes on over several lines, so the sorter remembers whether the
 * last badge was an error; wrangler's warnings are advice for its own users and stay in the file.
 */
export function createSorter(): (line: string, source: "stdout" | "stderr") => SortedLine {
  let isInError = false;
  return (line, source) => {
    const plain = line.replace(ANSI_PATTERN, "");
    const logged = LOG_LINE_PATTERN.exec(plain);
    if (logged !== null) {
      isInError = false;
      return { text: logged[1] ?? plain, isShown: logged[2] !== "info" };
    }
    const badge = BADGE_PATTERN.exec(plain);
    if (badge !== null) isInError = badge[1] === "ERROR";
    return { text: plain, isShown: source === "stderr" && isInError && plain !== "" };
  };
}

export interface Log {
  /** The whole path of the file, which starts anew with every run. */
  path: string;
  write(line: string, source: "stdout" | "stderr"): void;
}

/** `show` gets the lines for the terminal, with the name in front. */
export function openLog(folder: string, name: string, show: Show): Log {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.log`);
  const file = createWriteStream(path, { flags: "w" });
  const sort = createSorter();
  const showsAll = process.env["EVENTIDE_VERBOSE"] === "1";
  return {
    path,
    write(line, source) {
      const { text, isShown } = sort(line, source);
      file.write(`${text}\n`);
      if (isShown || showsAll) show(`[${name}] ${text}`);
    },
  };
}
