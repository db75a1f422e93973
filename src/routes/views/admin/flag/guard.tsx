/** Whether requests are watched for failing more often with the flag, and what was counted. */
import { adminFlagPath } from "../../addresses.ts";
import { Button } from "../../components/button.tsx";
import { countOf } from "../../words.ts";
import type { FlagGuard, FlagOverview } from "../flag-model.ts";

export function Guard(props: { flag: FlagOverview; guard: FlagGuard }) {
  const { flag, guard } = props;
  return (
    <>
      <p>{describeGuard(guard)}</p>
      <form method="post" action={adminFlagPath(flag.key)} class="flag-undo">
        <input type="hidden" name="intent" value="guard" />
        <input type="hidden" name="guard" value={guard.isArmed ? "off" : "on"} />
        <Button>{guard.isArmed ? "Stop watching" : "Watch it"}</Button>
      </form>
    </>
  );
}

function describeGuard({ isArmed, counts }: FlagGuard): string {
  if (!isArmed) return "Nobody watches it.";
  if (counts === null) return "It is watched. In the last minutes no request has asked for it.";
  return `It is watched. In the last minutes ${countOf(counts.onErrors, "request")} of ${counts.onSamples} failed with it on, ${counts.offErrors} of ${counts.offSamples} with it off.`;
}
