/** One switch: its value and why, the forms that change it, plan it and watch it, and everything that ever happened. */
import { Card } from "../components/card.tsx";
import { ErrorSummary } from "../components/error-summary.tsx";
import { Facts } from "../components/facts.tsx";
import type { Frame } from "../model.ts";
import { ChangeForm, type ChangeFormProps } from "./flag/change-form.tsx";
import { FlagFrame } from "./flag/frame.tsx";
import { Guard } from "./flag/guard.tsx";
import { History, type HistoryProps } from "./flag/history.tsx";
import { PlanForm, Plans } from "./flag/plans.tsx";
import type { FlagGuard, FlagOverview, FlagPlan } from "./flag-model.ts";
import { FlagState, FlagWhy } from "./flag-parts.tsx";

/** Its forms post to the flag's own address; `intent` says which: change, undo, plan, cancel or guard. */
export interface AdminFlagPageProps extends ChangeFormProps, HistoryProps {
  frame: Frame;
  plans: readonly FlagPlan[];
  /** Null for a critical flag: a machine doesn't switch those. */
  guard: FlagGuard | null;
  detail?: string | undefined;
}

export function AdminFlagPage(props: AdminFlagPageProps) {
  const { flag } = props;
  return (
    <FlagFrame frame={props.frame} title={flag.name} lead={<span class="mono">{flag.key}</span>}>
      <div class="flag-now">
        <FlagState flag={flag} />
        <FlagWhy flag={flag} />
      </div>
      <p class="flag-meaning">While it is off: {flag.whenOff}</p>
      <Facts facts={factsOf(flag)} />
      <ErrorSummary errors={props.errors ?? {}} detail={props.detail} />
      <div class="flag-cards">
        <Card id="change" title="Change">
          <ChangeForm {...props} />
        </Card>
        <Card id="plan" title="Plan" lead="The minute's cron makes the switch, and the history says so.">
          <Plans flag={flag} plans={props.plans} />
          <PlanForm {...props} />
        </Card>
        {props.guard === null ? null : (
          <Card
            id="guard"
            title="Guard"
            lead="Switches it off when requests clearly fail more often with it than without it."
          >
            <Guard flag={flag} guard={props.guard} />
          </Card>
        )}
      </div>
      <History {...props} />
    </FlagFrame>
  );
}

function factsOf(flag: FlagOverview) {
  return [
    { name: "Default here", value: flag.default ? "on" : "off" },
    { name: "Critical", value: flag.critical ? "Yes" : "No" },
    { name: "Who decides", value: flag.owner },
    { name: "Clients may see it", value: flag.client ? "Yes" : "No" },
    { name: "Kept in KV as", value: <span class="mono">{flag.switch.raw ?? "nothing"}</span> },
  ];
}
