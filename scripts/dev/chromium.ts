/** Where this machine has its Chromium, for the end-to-end tests. Nothing is ever downloaded. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { Refusal } from "./refusal.ts";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const OTHER_PLACES = [
  "/usr/bin",
  "/usr/local/bin",
  "/snap/bin",
  "/opt/google/chrome",
  "/Applications/Chromium.app/Contents/MacOS",
];

/** What CHROMIUM_PATH names, or the first one on the PATH or in the usual places. */
export function findChromium(
  env: Record<string, string | undefined> = process.env,
  otherPlaces: readonly string[] = OTHER_PLACES,
): string {
  const chosen = env["CHROMIUM_PATH"];
  if (chosen !== undefined && chosen !== "") {
    if (isExecutable(chosen)) return chosen;
    throw new Refusal(`CHROMIUM_PATH is ${chosen}, and that is not a program.`);
  }
  const folders = [...(env["PATH"] ?? "").split(delimiter), ...otherPlaces].filter((folder) => folder !== "");
  for (const folder of folders) {
    const found = COMMANDS.map((command) => join(folder, command)).find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new Refusal(
    "The end-to-end tests need a Chromium and there is none: install one (Debian: apt-get install chromium) or name it with CHROMIUM_PATH.",
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
