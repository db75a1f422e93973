/** A stored picture. Width and height are always given, so that nothing moves when the bytes arrive. */

/** The size of a style's illustration in public/styles. */
export const THUMBNAIL_WIDTH = 400;
export const THUMBNAIL_HEIGHT = 300;

export interface PictureProps {
  src: string;
  alt: string;
  width: number;
  height: number;
  /** The picture that the page is about: fetched first instead of when it comes into view. */
  eager?: boolean;
  class?: string;
}

export function Picture(props: PictureProps) {
  return (
    <img
      class={props.class}
      src={props.src}
      alt={props.alt}
      width={props.width}
      height={props.height}
      loading={props.eager === true ? undefined : "lazy"}
      fetchpriority={props.eager === true ? "high" : undefined}
      decoding="async"
    />
  );
}
