/** `npm run flag`: the switches from a terminal. The work is in scripts/flag.ts. */
import { runOnPinnedNode } from "./bootstrap.mjs";

await runOnPinnedNode("flag.ts");
