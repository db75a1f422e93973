/** One picture of a brief while it is made and afterwards: its frame, its state in words, and what can be done now. */
import { briefCancelPath, imagePath } from "../addresses.ts";
import { Button, LinkButton } from "../components/button.tsx";
import { Icon } from "../components/icon.tsx";
import { Thumbnail } from "../components/picture.tsx";
import { StatusPill } from "../components/status-pill.tsx";
import { Stepper } from "../components/stepper.tsx";
import type { Generation } from "../model.ts";
import { countOf, formatElapsed, nameByKey, STEPS } from "../words.ts";

export interface SheetProps {
  briefId: string;
  /** The form filled for this picture alone: the others of the brief aren't paid for again. */
  againPath: string;
  generation: Generation;
  now: string;
  name: string;
}

export function Sheet(props: SheetProps) {
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
      <Thumbnail image={image} load="soon" />
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
