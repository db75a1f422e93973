/**
 * What became of a brief: one sheet per picture with its real state. scripts/brief.js asks for the states and
 * rewrites the sheets in place; without it the page loads itself again while something is still in the making.
 */
import { briefPath, createAgainPath, GALLERY } from "./addresses.ts";
import { Sheet } from "./brief/sheet.tsx";
import { isDone, isOpen, leadOf, summaryOf, titleOf } from "./brief/words.ts";
import { LinkButton } from "./components/button.tsx";
import { Notice } from "./components/notice.tsx";
import { PageHeader } from "./components/page-header.tsx";
import { Page } from "./layout.tsx";
import type { Frame, Generation } from "./model.ts";
import { formatGap } from "./words.ts";

export interface BriefPageProps {
  frame: Frame;
  brief: { id: string; eventTypeName: string; styleName: string | null };
  generations: readonly Generation[];
  /** The same was ordered shortly before, so that this order may be a slip. */
  equalOrder: EqualOrder | null;
  /** The server's time when the page was made, ISO 8601. */
  now: string;
}

/** Another order of the same person that asks for exactly the same. */
export interface EqualOrder {
  id: string;
  /** How long before this one, in milliseconds. */
  gapMs: number;
}

const REFRESH_SECONDS = 5;

export function BriefPage(props: BriefPageProps) {
  const { brief, generations, equalOrder } = props;
  const hasOpen = generations.some(isOpen);
  const title = titleOf(generations);
  return (
    <Page
      {...props.frame}
      title={`${title}: ${brief.eventTypeName}`}
      current="create"
      look="brief"
      script={hasOpen ? "brief" : undefined}
      refreshSeconds={hasOpen ? REFRESH_SECONDS : undefined}
    >
      <PageHeader
        title={title}
        lead={leadOf(brief, generations)}
        actions={hasOpen ? <WaitingActions /> : <SettledActions {...props} />}
      />
      <div data-hook="equal-order">
        {equalOrder === null ? null : <OrderedTwice equalOrder={equalOrder} generations={generations} />}
      </div>
      <p class="visually-hidden" role="status" data-hook="progress-news">
        {summaryOf(generations)}
      </p>
      <ul class="sheets" data-hook="sheets" data-now={props.now}>
        {generations.map((generation, index) => (
          <Sheet
            briefId={brief.id}
            againPath={createAgainPath(brief.id, generations.length === 1 ? undefined : generation.shape)}
            generation={generation}
            now={props.now}
            name={`Picture ${index + 1} of ${generations.length}`}
          />
        ))}
      </ul>
    </Page>
  );
}

/** The page follows by itself, with a script or without. Meanwhile one may go. */
function WaitingActions() {
  return <LinkButton href={GALLERY}>Gallery</LinkButton>;
}

function SettledActions({ brief, generations }: BriefPageProps) {
  const isAllLost = generations.length > 1 && !generations.some(isDone);
  return (
    <>
      <LinkButton icon={isAllLost ? "refresh" : "plus"} href={createAgainPath(brief.id)}>
        {isAllLost ? "Try all of it again" : "Make more like this"}
      </LinkButton>
      <LinkButton href={GALLERY}>Gallery</LinkButton>
    </>
  );
}

/** Nobody is kept from ordering twice, but nobody should do so without noticing. */
function OrderedTwice(props: { equalOrder: EqualOrder; generations: readonly Generation[] }) {
  const canCancel = props.generations.some(({ status }) => status === "queued");
  return (
    <Notice
      kind="warning"
      text={
        <>
          You made the same order {formatGap(props.equalOrder.gapMs)} before this one:{" "}
          <a href={briefPath(props.equalOrder.id)}>here are its pictures</a>.
          {canCancel
            ? " If once is enough, cancel below what is still waiting, and its credits come back."
            : ""}
        </>
      }
    />
  );
}
