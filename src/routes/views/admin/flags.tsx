/** All switches with their values and why they hold, what is planned, and what a certain person would get. */
import {
  ADMIN_FLAGS,
  ADMIN_FLAGS_EXPORT,
  ADMIN_FLAGS_IMPORT,
  ADMIN_FLAGS_RULES,
  adminFlagPath,
} from "../addresses.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { TextField } from "../components/field.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { Page } from "../layout.tsx";
import type { Frame } from "../model.ts";
import { countOf } from "../words.ts";
import type { FlagFinding, FlagOverview, FlagPlan, PersonFlag } from "./flag-model.ts";
import { Findings, FlagState, FlagWhy } from "./flag-parts.tsx";
import { explainReason, nameOfValue } from "./flag-words.ts";

export interface AdminFlagsPageProps {
  frame: Frame;
  flags: readonly FlagOverview[];
  findings: readonly FlagFinding[];
  plans: readonly FlagPlan[];
  served: { rev: string; source: string; readAt: string | null; ttlSeconds: number };
  /** What was asked about somebody; null when nobody was asked about. */
  person: { asked: string; country: string; answer: PersonAnswer | null } | null;
}

export interface PersonAnswer {
  /** Null for somebody who isn't signed in. */
  email: string | null;
  role: string;
  flags: readonly PersonFlag[];
}

const ASKED_MAX_CHARACTERS = 254;
const COUNTRY_CHARACTERS = 2;
const SOURCES: Readonly<Record<string, string>> = {
  kv: "KV, as it should be",
  last_known_good: "what was read before, because KV does not answer",
  defaults: "the code's defaults, because KV does not answer",
};

export function AdminFlagsPage(props: AdminFlagsPageProps) {
  return (
    <Page {...props.frame} title="Switches" current="admin-flags" look={["accounts", "flags"]}>
      <PageHeader
        title="Switches"
        lead="Changed here, by npm run flag, or by plain wrangler. A switch beats the rules, the rules beat the default."
        actions={
          <>
            <LinkButton href={ADMIN_FLAGS_RULES}>Rules</LinkButton>
            <LinkButton icon="download" download href={ADMIN_FLAGS_EXPORT}>
              Export
            </LinkButton>
            <LinkButton href={ADMIN_FLAGS_IMPORT}>Import</LinkButton>
          </>
        }
      />
      <Findings findings={props.findings} />
      <ul class="flags">
        {props.flags.map((flag) => (
          <FlagItem flag={flag} />
        ))}
      </ul>
      <Plans plans={props.plans} />
      <Person person={props.person} />
      <section class="history" aria-labelledby="served-title">
        <h2 id="served-title">What is served</h2>
        <Served served={props.served} />
      </section>
    </Page>
  );
}

function FlagItem(props: { flag: FlagOverview }) {
  const { flag } = props;
  return (
    <li class="flag">
      <div class="flag-head">
        <h2 class="flag-name">
          <a href={adminFlagPath(flag.key)}>{flag.name}</a>
        </h2>
        <span class="mono">{flag.key}</span>
        {flag.critical ? <span class="flag-critical">critical</span> : null}
      </div>
      <FlagState flag={flag} />
      <FlagWhy flag={flag} />
      <div class="flag-actions">
        {flag.critical ? (
          <LinkButton small href={adminFlagPath(flag.key)}>
            Change {flag.key}
          </LinkButton>
        ) : (
          <QuickSwitch flag={flag} />
        )}
      </div>
    </li>
  );
}

/** One press for what can't do much harm; a critical flag asks for more. */
function QuickSwitch(props: { flag: FlagOverview }) {
  const { flag } = props;
  return (
    <form method="post" action={adminFlagPath(flag.key)} class="flag-quick">
      <input type="hidden" name="intent" value="change" />
      {["on", "off", "auto"].map((value) => (
        <Button small name="value" value={value} pressed={flag.choice === value}>
          {value === "auto" ? "Rules" : value === "on" ? "On" : "Off"}
          <span class="visually-hidden"> for {flag.name}</span>
        </Button>
      ))}
    </form>
  );
}

function Plans(props: { plans: readonly FlagPlan[] }) {
  if (props.plans.length === 0) return null;
  return (
    <section class="history" aria-labelledby="plans-title">
      <h2 id="plans-title">Planned</h2>
      <Table
        caption="Switches that will be made, soonest first"
        rows={props.plans}
        columns={[
          { label: "When", cell: (plan) => <Time at={plan.at} /> },
          { label: "Flag", cell: (plan) => <a href={adminFlagPath(plan.key)}>{plan.key}</a> },
          { label: "To", cell: (plan) => nameOfValue(plan.value) },
          { label: "By", cell: (plan) => plan.by, breaks: true },
          { label: "Why", cell: (plan) => plan.note ?? "–", breaks: true },
        ]}
      />
    </section>
  );
}

function Person(props: { person: AdminFlagsPageProps["person"] }) {
  const { person } = props;
  return (
    <section class="history" aria-labelledby="person-title" id="person">
      <h2 id="person-title">What would this person get?</h2>
      <form class="filters" method="get" action={`${ADMIN_FLAGS}#person`} aria-label="Ask about a person">
        <TextField
          name="person"
          label="E-mail address or id; empty for a visitor"
          value={person?.asked ?? ""}
          maxLength={ASKED_MAX_CHARACTERS}
        />
        <TextField
          name="country"
          label="Country, such as DE"
          value={person?.country ?? ""}
          maxLength={COUNTRY_CHARACTERS}
        />
        <div class="filters-buttons">
          <Button icon="search" name="ask" value="yes">
            Show
          </Button>
        </div>
      </form>
      {person === null ? null : <PersonFlags person={person} />}
    </section>
  );
}

function PersonFlags(props: { person: NonNullable<AdminFlagsPageProps["person"]> }) {
  const { answer, asked } = props.person;
  if (answer === null) return <p role="status">Nobody here is called “{asked}”.</p>;
  return (
    <>
      <p class="lead">
        {answer.email === null ? "A visitor who is not signed in" : `${answer.email}, ${answer.role}`}
      </p>
      <Table
        caption="What this person gets"
        rows={answer.flags}
        columns={[
          { label: "Flag", cell: (flag) => <span class="mono">{flag.key}</span> },
          { label: "Variant", cell: (flag) => flag.variant, breaks: true },
          { label: "Value", cell: (flag) => <span class="mono">{flag.value}</span> },
          { label: "Why", cell: (flag) => explainReason(flag.source, flag.reason) },
        ]}
      />
    </>
  );
}

function Served(props: Pick<AdminFlagsPageProps, "served">) {
  const { rev, source, readAt, ttlSeconds } = props.served;
  return (
    <p class="flag-served">
      Revision <span class="mono">{rev}</span>, from {SOURCES[source] ?? source}
      {readAt === null ? "" : ", read "}
      {readAt === null ? null : <Time at={readAt} />}. A change is served after at most{" "}
      {countOf(ttlSeconds, "second")} here, and normally within a minute elsewhere.
    </p>
  );
}
