import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeCommit } from "../../scripts/dev/git.ts";
import { createFolder } from "./temporary.ts";

const IDENTITY = ["-c", "user.name=Test", "-c", "user.email=test@example.test", "-c", "commit.gpgsign=false"];

function createRepository(): string {
  const folder = createFolder();
  const git = (...args: string[]) =>
    execFileSync("git", [...IDENTITY, ...args], { cwd: folder, stdio: "ignore" });
  git("init");
  writeFileSync(join(folder, "file"), "1");
  git("add", "file");
  git("commit", "-m", "first");
  return folder;
}

describe("describeCommit", () => {
  it("is the short commit when nothing has changed since, whatever else lies there", () => {
    const folder = createRepository();
    writeFileSync(join(folder, "untracked"), "1");
    expect(describeCommit(folder)).toMatch(/^[0-9a-f]{7,}$/);
  });

  it("says so when a tracked file differs from the commit", () => {
    const folder = createRepository();
    writeFileSync(join(folder, "file"), "2");
    expect(describeCommit(folder)).toMatch(/^[0-9a-f]{7,}-dirty$/);
  });

  it("is unknown outside of a repository", () => {
    expect(describeCommit(createFolder())).toBe("unknown");
  });
});
