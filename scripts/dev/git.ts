/** Which commit this is, as health reports it. */
import { execFileSync } from "node:child_process";

/** The short commit, with `-dirty` when tracked files differ from it, or "unknown" outside of a repository. */
export function describeCommit(folder: string): string {
  try {
    const commit = runGit(folder, "rev-parse", "--short", "HEAD");
    return runGit(folder, "status", "--porcelain", "--untracked-files=no") === ""
      ? commit
      : `${commit}-dirty`;
  } catch (error) {
    if (error instanceof Error && ("status" in error || "code" in error)) return "unknown";
    throw error;
  }
}

function runGit(folder: string, ...args: string[]): string {
  return execFileSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}
