/** A stored picture. Width and height are always given, so that nothing moves when the bytes arrive. */
import type { Image } from "../model.ts";

/** The size of a style's illustration in public/styles. */
export const THUMBNAIL_WIDTH = 400;
export const THUMBNAIL_HEIGHT = 300;

export interface PictureProps {
  src: string;
  alt: string;
  width: number;
  height: number;
  /** first: what the page is about. soon: seen without scrolling. Otherwise it is fetched when it comes near. */
  load?: "first" | "soon";
  class?: string;
}

/** A picture among others. */
export function Thumbnail(props: { image: Image; load?: PictureProps["load"] }) {
  const { thumbnailUrl, alt, width, height } = props.image;
  const load = props.load === undefined ? {} : { load: props.load };
  return <Picture src={thumbnailUrl} alt={alt} width={width} height={height} {...load} />;
}

export function Picture(props: PictureProps) {
  return (
    <img
      class={props.class}
      src={props.src}
      alt={props.alt}
      width={props.width}
      height={props.height}
      loading={props.load === undefined ? "lazy" : undefined}
      fetchpriority={props.load === "first" ? "high" : undefined}
      decoding="async"
    />
  );
}
