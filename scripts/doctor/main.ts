/** `npm run doctor -- --url <origin>`: examines a running copy, and fails when anything isn't as it should be. */
import { parseArgs } from "node:util";
import { DEFAULT_PORT } from "../dev/ports.ts";
import { Refusal, runScript } from "../dev/refusal.ts";
import { examine, formatFinding } from "./examine.ts";
import { readExpected } from "./expected.ts";

await runScript(async () => {
  const { values } = parseArgs({ options: { url: { type: "string" }, commit: { type: "string" } } });
  const origin = parseOrigin(values.url ?? `http://localhost:${DEFAULT_PORT}`);
  const expected = readExpected();
  const findings = await examine(origin, { ...expected, commit: values.commit ?? expected.commit }, fetch);
  for (const finding of findings) console.log(formatFinding(finding));
  if (!findings.every((finding) => finding.isGood)) process.exitCode = 1;
});

function parseOrigin(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text).origin;
  throw new Refusal("--url must be an address such as https://eventide.example.");
}
