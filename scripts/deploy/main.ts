/** `npm run deploy`: from this tree to the running product. docs/operations.md says what has to be there before. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runScript } from "../dev/refusal.ts";
import { CONFIG_PATH, loadWrangler, ROOT } from "../dev/wrangler.ts";
import { readExpected } from "../doctor/expected.ts";
import { readDeployConfig } from "./config-file.ts";
import { listConfigIssues } from "./config-issues.ts";
import { deploy } from "./deploy.ts";
import { runWrangler } from "./run-wrangler.ts";

await runScript(async () => {
  const { unstable_readConfig: readConfig } = await loadWrangler(join(ROOT, ".wrangler"));
  await deploy({
    run: runWrangler,
    config: readDeployConfig(readConfig({ config: CONFIG_PATH })),
    editConfigFile: (change) => writeFileSync(CONFIG_PATH, change(readFileSync(CONFIG_PATH, "utf8"))),
    listConfigIssues,
    expected: readExpected(),
    fetch,
    say: (line) => console.log(line),
  });
});
