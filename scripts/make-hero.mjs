/** `npm run make-hero`: gives somebody the role HERO. The work is in scripts/make-hero.ts. */
import { runOnPinnedNode } from "./bootstrap.mjs";

await runOnPinnedNode("make-hero.ts");
