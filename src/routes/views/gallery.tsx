/** The person's own pictures, newest first, with filters. Other people's pictures never come here. */
import { CREATE, GALLERY } from "./addresses.ts";
import { Button, LinkButton } from "./components/button.tsx";
import { EmptyState } from "./components/empty-state.tsx";
import { SelectField, TextField } from "./components/field.tsx";
import { PageHeader } from "./components/page-header.tsx";
import { Pagination } from "./components/pagination.tsx";
import { Tiles } from "./components/tiles.tsx";
import { Page } from "./layout.tsx";
import type { Catalogue, Frame, Image } from "./model.ts";
import { countOf } from "./words.ts";

/** Filters as they stand in the address; empty means any. */
export interface GalleryFilters {
  q: string;
  eventType: string;
  style: string;
  shape: string;
}

export interface GalleryPageProps {
  frame: Frame;
  images: readonly Image[];
  /** How many there are under these filters, counted by the server. */
  total: number;
  filters: GalleryFilters;
  nextCursor: string | null;
  /** False on the first page. */
  hasCursor: boolean;
  catalogue: Pick<Catalogue, "eventTypes" | "styles" | "shapes">;
}

const SEARCH_MAX_CHARACTERS = 100;

export function GalleryPage(props: GalleryPageProps) {
  const isFiltered = Object.values(props.filters).some((value) => value !== "");
  const isEmpty = props.images.length === 0;
  return (
    <Page {...props.frame} title="Gallery" current="gallery" look="gallery">
      <PageHeader
        title="Your gallery"
        lead={leadOf(props.total, isFiltered)}
        actions={isEmpty && !isFiltered ? undefined : <CreateLink />}
      />
      {isEmpty && !isFiltered ? null : <Filters {...props} isFiltered={isFiltered} />}
      {isEmpty ? <NothingHere isFiltered={isFiltered} /> : <Tiles images={props.images} />}
      <Pagination
        path={GALLERY}
        query={{ ...props.filters }}
        nextCursor={props.nextCursor}
        hasCursor={props.hasCursor}
      />
    </Page>
  );
}

function Filters(props: GalleryPageProps & { isFiltered: boolean }) {
  const { filters, catalogue } = props;
  return (
    <form class="filters" method="get" action={GALLERY} aria-label="Filter your pictures">
      <TextField name="q" label="Search" type="search" value={filters.q} maxLength={SEARCH_MAX_CHARACTERS} />
      <SelectField
        name="eventType"
        label="Occasion"
        value={filters.eventType}
        options={optionsOf("Any occasion", catalogue.eventTypes)}
      />
      <SelectField
        name="style"
        label="Style"
        value={filters.style}
        options={optionsOf("Any style", catalogue.styles)}
      />
      <SelectField
        name="shape"
        label="Shape"
        value={filters.shape}
        options={optionsOf(
          "Any shape",
          catalogue.shapes.map((shape) => ({ key: shape.key, name: `${shape.key} ${shape.use}` })),
        )}
      />
      <div class="filters-buttons">
        <Button icon="search">Show</Button>
        {props.isFiltered ? (
          <LinkButton kind="quiet" href={GALLERY}>
            Show all
          </LinkButton>
        ) : null}
      </div>
    </form>
  );
}

function CreateLink() {
  return (
    <LinkButton kind="primary" icon="plus" href={CREATE}>
      Create a picture
    </LinkButton>
  );
}

/** The frames of an empty wall, by their shapes. */
const EMPTY_FRAMES = ["3:4", "1:1", "16:9", "9:16", "4:5"] as const;

function EmptyWall() {
  return (
    <span class="empty-wall" aria-hidden="true">
      {EMPTY_FRAMES.map((shape) => (
        <span data-shape={shape} />
      ))}
    </span>
  );
}

function NothingHere(props: { isFiltered: boolean }) {
  if (props.isFiltered) {
    return (
      <EmptyState title="Nothing matches" action={<LinkButton href={GALLERY}>Show all pictures</LinkButton>}>
        None of your pictures fits these filters. Loosen one of them, or look at everything.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="The walls are still bare"
      figure={<EmptyWall />}
      action={
        <LinkButton kind="primary" href={CREATE}>
          Create the first picture
        </LinkButton>
      }
    >
      Every picture that you make hangs here, and stays. Only you can see it until you decide otherwise.
    </EmptyState>
  );
}

function leadOf(total: number, isFiltered: boolean): string {
  if (total === 0) return isFiltered ? "No picture fits the filters." : "Nothing has been made yet.";
  return isFiltered
    ? `${countOf(total, "picture")} with these filters.`
    : `${countOf(total, "picture")} so far.`;
}

function optionsOf(anything: string, list: readonly { key: string; name: string }[]) {
  return [{ value: "", label: anything }, ...list.map((item) => ({ value: item.key, label: item.name }))];
}
