/** `npm run doctor`: is that copy there, the right one, and well? The work is in scripts/doctor/. */
import { runOnPinnedNode } from "./bootstrap.mjs";

await runOnPinnedNode("doctor/main.ts");
