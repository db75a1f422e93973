/** `npm start`: everything from a fresh clone to a running product. The work is in scripts/dev/. */
import { runOnPinnedNode } from "./bootstrap.mjs";

await runOnPinnedNode("dev/main.ts");
