/** `npm run deploy`: the work is in scripts/deploy/. */
import { runOnPinnedNode } from "./bootstrap.mjs";

await runOnPinnedNode("deploy/main.ts");
