/**
 * What became of a brief: one sheet per picture with its real state. scripts/brief.js asks for the states and
 * rewrites the sheets in place; without it the page loads itself again while something is still in the making.
 */
import { briefCancelPath, briefPath, createAgainPath, GALLERY, imagePath } from "./addresses.ts";
import { Button, LinkButton } from "./components/button.tsx";
import { Icon } from "./components/icon.tsx";
import { PageHeader } from "./components/page-header.tsx";
import { Picture } from "./components/picture.tsx";
import { StatusPill } from "./components/status-pill.tsx";
import { Stepper } from "./components/stepper.tsx";
import { Page } from "./layout.tsx";
import type { Frame, Generation } from "./model.ts";
import { countOf, formatElapsed, nameByKey, STEPS } from "./words.ts";

export interface BriefPageProps {
  frame: Frame;
  brief: { id: string; eventTypeName: string; styleName: string | null; cost: number };
  generations: readonly Generation[];
  /** The server's time when the page was made, ISO 8601. */
  now: string;
}

const REFRESH_SECONDS = 5;

export function BriefPage(props: BriefPageProps) {
  const { brief, generations } = props;
  const openCount = generations.filter(isOpen).length;
  return (
    <Page
      {...props.frame}
      title={`Your pictures: ${brief.eventTypeName}`}
      current="create"
      look="brief"
      script={openCount === 0 ? undefined : "brief"}
      refreshSeconds={openCount === 0 ? undefined : REFRESH_SECONDS}
    >
      <PageHeader
        title={titleOf(generations)}
        lead={leadOf(props)}
        actions={
          <>
            {openCount === 0 ? null : (
              <LinkButton icon="refresh" href={briefPath(brief.id)}>
                Refresh
              </LinkButton>
            )}
            <LinkButton href={GALLERY}>Gallery</LinkButton>
          </>
        }
      />
      <p class="visually-hidden" role="status" data-hook="progress-news">
        {summaryOf(generations)}
      </p>
      <ul class="sheets" data-hook="sheets" data-now={props.now}>
        {generations.map((generation, index) => (
          <Sheet
            briefId={brief.id}
            generation={generation}
            now={props.now}
            name={`Picture ${index + 1} of ${generations.length}`}
          />
        ))}
      </ul>
    </Page>
  );
}

interface SheetProps {
  briefId: string;
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
  const { generation, briefId } = props;
  switch (generation.status) {
    case "queued":
    case "processing":
      return <Progress {...props} />;
    case "succeeded":
      return <p data-hook="words">Stored in your gallery. {countOf(generation.cost, "credit")} spent.</p>;
    case "failed":
    case "canceled":
      return (
        <>
          <p data-hook="words">{generation.error?.message ?? "The credits are back in your account."}</p>
          <LinkButton small icon="refresh" href={createAgainPath(briefId)}>
            Try again
          </LinkButton>
        </>
      );
  }
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
            Cancel
          </Button>
        </form>
      ) : null}
    </>
  );
}

function titleOf(generations: readonly Generation[]): string {
  if (generations.some(isOpen)) return "In the making";
  return generations.some((generation) => generation.status === "succeeded")
    ? "All settled"
    : "Nothing came of it";
}

function isOpen(generation: Generation): boolean {
  return generation.status === "queued" || generation.status === "processing";
}

function leadOf(props: BriefPageProps): string {
  const { brief, generations } = props;
  const subject =
    brief.styleName === null ? brief.eventTypeName : `${brief.eventTypeName}, ${brief.styleName}`;
  return `${subject}. ${countOf(generations.length, "picture")} for ${countOf(brief.cost, "credit")}.`;
}

function summaryOf(generations: readonly Generation[]): string {
  const done = generations.filter((generation) => generation.status === "succeeded").length;
  const open = generations.filter(isOpen).length;
  return `${done} of ${countOf(generations.length, "picture")} done, ${open} in the making.`;
}
