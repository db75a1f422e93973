/**
 * What became of a brief: one sheet per picture with its real state. scripts/brief.js asks for the states and
 * rewrites the sheets in place; without it the page loads itself again while something is still in the making.
 */
import { briefCancelPath, briefPath, createAgainPath, GALLERY, imagePath } from "./addresses.ts";
import { Button, LinkButton } from "./components/button.tsx";
import { Icon } from "./components/icon.tsx";
import { Notice } from "./components/notice.tsx";
import { PageHeader } from "./components/page-header.tsx";
import { Picture } from "./components/picture.tsx";
import { StatusPill } from "./components/status-pill.tsx";
import { Stepper } from "./components/stepper.tsx";
import { Page } from "./layout.tsx";
import type { Frame, Generation } from "./model.ts";
import { countOf, formatElapsed, formatGap, nameByKey, STEPS } from "./words.ts";

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
        lead={leadOf(props)}
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

interface SheetProps {
  briefId: string;
  /** The form filled for this picture alone: the others of the brief aren't paid for again. */
  againPath: string;
  generation: Generation;
  now: string;
  name: string;
}

function Sheet(props: SheetProps) {
  const { generation } = props;
  return (
    <li
      class={`sheet sheet-${generation.status}`}
      data-hook="sheet"
      data-generation={generation.id}
      data-status={generation.status}
      data-step={generation.progress.step}
      data-name={props.name}
    >
      <div class="sheet-frame" data-shape={generation.shape}>
        <SheetPicture generation={generation} />
      </div>
      <div class="sheet-facts">
        <h2 class="sheet-name">
          {props.name} <span>{generation.shape}</span>
        </h2>
        <StatusPill status={generation.status} />
      </div>
      <div class="sheet-state">
        <SheetState {...props} />
      </div>
    </li>
  );
}

function SheetPicture(props: { generation: Generation }) {
  const { image, status } = props.generation;
  if (image === null) {
    return status === "failed" ? <Icon name="alert" /> : null;
  }
  return (
    <a href={imagePath(image.id)}>
      <Picture
        src={image.thumbnailUrl}
        alt={image.alt}
        width={image.width}
        height={image.height}
        load="soon"
      />
    </a>
  );
}

function SheetState(props: SheetProps) {
  const { generation, againPath } = props;
  switch (generation.status) {
    case "queued":
    case "processing":
      return <Progress {...props} />;
    case "succeeded":
      return <Stored {...props} />;
    case "failed":
    case "canceled":
      return (
        <>
          <p data-hook="words">{generation.error?.message ?? "The credits are back in your account."}</p>
          <LinkButton small icon="refresh" href={againPath}>
            Try again<span class="visually-hidden"> to make {props.name}</span>
          </LinkButton>
        </>
      );
  }
}

function Stored(props: SheetProps) {
  const { generation } = props;
  return (
    <>
      <p data-hook="words">Stored in your gallery. {countOf(generation.cost, "credit")} spent.</p>
      {generation.image === null ? null : (
        <LinkButton small icon="download" download href={generation.image.downloadUrl}>
          Download<span class="visually-hidden"> {props.name}</span>
        </LinkButton>
      )}
    </>
  );
}

function Progress(props: SheetProps) {
  const { generation, briefId } = props;
  const { step, since } = generation.progress;
  return (
    <>
      <Stepper label="Steps of this picture" steps={STEPS} current={step} />
      <p>
        <span data-hook="words">{nameByKey(STEPS, step)}</span>
        {" · "}
        <span data-hook="elapsed" data-since={since}>
          {formatElapsed(since, props.now)}
        </span>
      </p>
      {generation.status === "queued" ? (
        <form method="post" action={briefCancelPath(briefId)}>
          <input type="hidden" name="generationId" value={generation.id} />
          <Button small icon="close">
            Cancel<span class="visually-hidden"> {props.name}</span>
          </Button>
        </form>
      ) : null}
    </>
  );
}

function titleOf(generations: readonly Generation[]): string {
  if (generations.some(isOpen)) return "In the making";
  const total = generations.length;
  const done = generations.filter(isDone).length;
  if (done === 0) return generations.every(isCanceled) ? "Cancelled" : "Nothing came of it";
  if (done < total) return `${done} of ${total} pictures ${done === 1 ? "is" : "are"} ready`;
  return total === 1 ? "Your picture is ready" : "Your pictures are ready";
}

function isDone(generation: Generation): boolean {
  return generation.status === "succeeded";
}

function isCanceled(generation: Generation): boolean {
  return generation.status === "canceled";
}

function isOpen(generation: Generation): boolean {
  return generation.status === "queued" || generation.status === "processing";
}

function leadOf(props: BriefPageProps): string {
  const { brief, generations } = props;
  const subject =
    brief.styleName === null ? brief.eventTypeName : `${brief.eventTypeName}, ${brief.styleName}`;
  const cost = sumCosts(generations);
  if (generations.some(isOpen)) {
    return `${subject}. ${countOf(generations.length, "picture")} for ${countOf(cost, "credit")}, spent only on what arrives.`;
  }
  const spent = sumCosts(generations.filter(isDone));
  const givenBack = spent === cost ? "" : `, ${countOf(cost - spent, "credit")} given back`;
  return `${subject}. ${countOf(spent, "credit")} spent${givenBack}.`;
}

function sumCosts(generations: readonly Generation[]): number {
  return generations.reduce((sum, { cost }) => sum + cost, 0);
}

function summaryOf(generations: readonly Generation[]): string {
  const done = generations.filter(isDone).length;
  const open = generations.filter(isOpen).length;
  return `${done} of ${countOf(generations.length, "picture")} done, ${open} in the making.`;
}
