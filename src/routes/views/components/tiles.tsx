/** Pictures side by side in rows of equal height, in reading order, each with its whole shape visible. */
import { imagePath } from "../addresses.ts";
import type { Image } from "../model.ts";
import { Icon } from "./icon.tsx";
import { Thumbnail } from "./picture.tsx";

export interface TilesProps {
  images: readonly Image[];
}

/** The first rows are fetched at once, what lies below when it comes near. */
const EAGER_TILES = 6;

export function Tiles(props: TilesProps) {
  return (
    <ul class="tiles">
      {props.images.map((image, index) => (
        <li class="tile" data-shape={image.shape}>
          <a href={imagePath(image.id)}>
            <Thumbnail image={image} {...(index < EAGER_TILES ? { load: "soon" } : {})} />
            <span class="tile-caption">
              <span class="tile-title">{image.title}</span>
              {image.favourite ? <Mark icon="star" words="favourite" /> : null}
              {image.visibility === "public" ? <Mark icon="eye" words="public" /> : null}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Mark(props: { icon: "star" | "eye"; words: string }) {
  return (
    <span class="tile-mark">
      <Icon name={props.icon} filled={props.icon === "star"} />
      <span class="visually-hidden">, {props.words}</span>
    </span>
  );
}
