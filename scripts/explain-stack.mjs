/** `npm run explain-stack`: where a logged stack is in these files. The work is in scripts/explain-stack.ts. */
import { runOnPinnedNode } from "./bootstrap.mjs";

await runOnPinnedNode("explain-stack.ts");
