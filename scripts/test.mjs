/** `npm test`: everything that can be checked, from a fresh clone. The work is in scripts/run-tests.ts. */
import { runOnPinnedNode } from "./bootstrap.mjs";

await runOnPinnedNode("run-tests.ts");
