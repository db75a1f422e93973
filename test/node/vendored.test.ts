/** Files of others that are served to browsers are theirs, unchanged, and bring their licence. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/dev/wrangler.ts";

const SERVED = join(ROOT, "public", "scripts", "vendor");
const INSTALLED = join(ROOT, "node_modules", "web-vitals");

it("serves web-vitals as the pinned package has it, with its licence", () => {
  const read = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");
  expect(read(SERVED, "web-vitals.js")).toBe(read(INSTALLED, "dist/web-vitals.js"));
  expect(read(SERVED, "web-vitals.LICENSE.txt")).toBe(read(INSTALLED, "LICENSE"));
});
