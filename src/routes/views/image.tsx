/** One picture, large, with what is known about it and what this viewer may do with it. */
import { CREATE, GALLERY, imageDeletePath, imagePath, withQuery } from "./addresses.ts";
import { Button, LinkButton } from "./components/button.tsx";
import { ErrorSummary } from "./components/error-summary.tsx";
import { Facts } from "./components/facts.tsx";
import { TextField } from "./components/field.tsx";
import { Icon } from "./components/icon.tsx";
import { Picture } from "./components/picture.tsx";
import { Time } from "./components/time.tsx";
import { typedValue } from "./form-values.ts";
import { Page } from "./layout.tsx";
import type { FieldErrors, FormValues, Frame, Image } from "./model.ts";
import { formatBytes } from "./words.ts";

/**
 * Its forms post to /images/:id with `intent`: details (`title`, `tags` separated by commas),
 * favourite (`favourite` = true or false), visibility (`visibility` = public or private).
 */
export interface ImagePageProps {
  frame: Frame;
  image: Image;
  eventTypeName: string;
  styleName: string | null;
  /** Where the form is that made it, filled in; null for those who can't have that. */
  againPath: string | null;
  /** False while pictures are served only as they were stored. */
  canConvert?: boolean;
  /** What was typed before, when it was refused. */
  values?: FormValues;
  errors?: FieldErrors;
  detail?: string | undefined;
}

const TITLE_MAX_CHARACTERS = 120;
const TAGS_MAX_CHARACTERS = 300;
const DOWNLOAD_FORMATS = [
  { key: "png", name: "PNG" },
  { key: "jpeg", name: "JPEG" },
  { key: "webp", name: "WebP" },
] as const;

export function ImagePage(props: ImagePageProps) {
  const { image } = props;
  return (
    <Page {...props.frame} title={image.title} current="gallery" look="image" fullWidth>
      <div class="stage" data-shape={image.shape}>
        <Picture
          class="stage-picture"
          src={image.url}
          alt={image.alt}
          width={image.width}
          height={image.height}
          load="first"
        />
      </div>
      <div class="band image-page">
        <div class="image-title">
          <h1>{image.title}</h1>
          <Switches image={image} />
        </div>
        <Downloads image={image} canConvert={props.canConvert !== false} />
        <div class="image-about">
          <Facts facts={factsOf(props)} />
          <Prompt prompt={image.prompt} againPath={props.againPath} />
        </div>
        <div class="image-side">
          {image.can.edit ? <Details {...props} /> : null}
          {image.can.delete ? <Deletion image={image} /> : null}
          {props.frame.viewer === null ? <Invitation /> : null}
        </div>
      </div>
    </Page>
  );
}

function Switches(props: { image: Image }) {
  const { image } = props;
  if (!image.can.edit && !image.can.publish) return null;
  const isPublic = image.visibility === "public";
  return (
    <div class="actions">
      {image.can.edit ? (
        <form method="post" action={imagePath(image.id)}>
          <input type="hidden" name="intent" value="favourite" />
          <input type="hidden" name="favourite" value={String(!image.favourite)} />
          <Button small icon="star" iconFilled={image.favourite}>
            {image.favourite ? "A favourite: remove" : "Make it a favourite"}
          </Button>
        </form>
      ) : null}
      {image.can.publish ? (
        <form method="post" action={imagePath(image.id)}>
          <input type="hidden" name="intent" value="visibility" />
          <input type="hidden" name="visibility" value={isPublic ? "private" : "public"} />
          <Button small icon={isPublic ? "lock" : "eye"}>
            {isPublic ? "Everyone can see it: make it private" : "Only you can see it: make it public"}
          </Button>
        </form>
      ) : null}
    </div>
  );
}

function Prompt(props: { prompt: string | undefined; againPath: string | null }) {
  if (props.prompt === undefined) return null;
  return (
    <figure class="prompt">
      <figcaption>The prompt</figcaption>
      <blockquote>{props.prompt}</blockquote>
      {props.againPath === null ? null : (
        <LinkButton icon="plus" href={props.againPath}>
          Make more like this
        </LinkButton>
      )}
    </figure>
  );
}

function Downloads(props: { image: Image; canConvert: boolean }) {
  const formats = DOWNLOAD_FORMATS.filter(({ key }) => props.canConvert || key === props.image.format);
  return (
    <section class="image-downloads" aria-labelledby="download-title">
      <h2 class="side-title" id="download-title">
        Download
      </h2>
      <div class="downloads">
        {formats.map((format) => (
          <LinkButton
            kind={format.key === props.image.format ? "primary" : "secondary"}
            icon="download"
            download
            href={withQuery(props.image.downloadUrl, { format: format.key })}
          >
            {format.name}
          </LinkButton>
        ))}
      </div>
      {props.canConvert ? null : (
        <p class="hint">Other formats and sizes are switched off for a while. This is the original.</p>
      )}
    </section>
  );
}

function Details(props: ImagePageProps) {
  const { image, values } = props;
  const errors = props.errors ?? {};
  return (
    <section aria-labelledby="details-title">
      <h2 class="side-title" id="details-title">
        Name and tags
      </h2>
      <ErrorSummary errors={errors} detail={props.detail} />
      <form method="post" action={imagePath(image.id)}>
        <input type="hidden" name="intent" value="details" />
        <TextField
          name="title"
          label="Title"
          required
          requiredUnmarked
          maxLength={TITLE_MAX_CHARACTERS}
          value={values === undefined ? image.title : typedValue(values, "title")}
          error={errors["title"]}
        />
        <TextField
          name="tags"
          label="Tags"
          hint="Separated by commas. Only you see them."
          maxLength={TAGS_MAX_CHARACTERS}
          value={values === undefined ? (image.tags ?? []).join(", ") : typedValue(values, "tags")}
          error={errors["tags"]}
        />
        <Button>Save</Button>
      </form>
    </section>
  );
}

function Deletion(props: { image: Image }) {
  return (
    <details class="deletion">
      <summary>
        <Icon name="trash" />
        Delete this picture
      </summary>
      <p>It will be gone for good, with its file. The credits that it cost are not given back.</p>
      <form method="post" action={imageDeletePath(props.image.id)}>
        <Button kind="danger">Yes, delete it for good</Button>
      </form>
    </details>
  );
}

function Invitation() {
  return (
    <section class="invitation">
      <h2 class="side-title">Planning something yourself?</h2>
      <p>This picture was made with Eventide, from a few plain questions.</p>
      <LinkButton kind="primary" href={CREATE}>
        Make your own
      </LinkButton>
    </section>
  );
}

function factsOf(props: ImagePageProps) {
  const { image } = props;
  const isOwner = image.prompt !== undefined;
  const own = withQuery(GALLERY, { eventType: image.eventType });
  return [
    { name: "Occasion", value: isOwner ? <a href={own}>{props.eventTypeName}</a> : props.eventTypeName },
    { name: "Style", value: props.styleName ?? "None in particular" },
    { name: "Shape", value: image.shape },
    { name: "Size", value: `${image.width} × ${image.height} pixels` },
    { name: "File", value: `${image.format.toUpperCase()}, ${formatBytes(image.bytes)}` },
    ...(image.seed === undefined || image.seed === null ? [] : [{ name: "Seed", value: String(image.seed) }]),
    { name: "Made", value: <Time at={image.createdAt} /> },
  ];
}
