/** The head of every document: title, description, fonts, style sheets and modules, each with the build in its address. */
import type { Build } from "../model.ts";

export type Look = "home" | "signin" | "create" | "brief" | "gallery" | "image" | "accounts" | "flags";

export type PageScript = "create" | "brief" | "flags" | "passkeys";

export interface HeadProps {
  title: string;
  isHome: boolean;
  build: Build;
  /** The page's route, on views whose speed is measured. */
  measuredPage?: string | undefined;
  /** The style sheets in /css that this page adds to the common ones. */
  look?: Look | readonly Look[];
  /** The module in /scripts that this page adds to the common one. */
  script?: PageScript | undefined;
  /** Without scripts, the browser loads the page again after this many seconds. */
  refreshSeconds?: number | undefined;
}

const DESCRIPTION =
  "Eventide draws the flyer, the invitation, the card and the story for your event from a few plain questions.";

export function Head(props: HeadProps) {
  // The commit in the address lets browsers keep these files for long and still get the new ones at once.
  const version = `?v=${encodeURIComponent(props.build.commit)}`;
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{props.isHome ? props.title : `${props.title} · Eventide`}</title>
      <meta name="description" content={DESCRIPTION} />
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" media="(prefers-color-scheme: light)" content="#fbf6ec" />
      <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#15101f" />
      <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
      <link
        rel="preload"
        href="/fonts/young-serif.woff2"
        as="font"
        type="font/woff2"
        crossorigin="anonymous"
      />
      <link rel="preload" href="/fonts/figtree.woff2" as="font" type="font/woff2" crossorigin="anonymous" />
      <link rel="stylesheet" href={`/app.css${version}`} />
      <link rel="stylesheet" href={`/css/components.css${version}`} />
      {[props.look ?? []].flat().map((look) => (
        <link rel="stylesheet" href={`/css/${look}.css${version}`} />
      ))}
      <script type="module" src={`/scripts/common.js${version}`} />
      {props.script === undefined ? null : (
        <script type="module" src={`/scripts/${props.script}.js${version}`} />
      )}
      {props.measuredPage === undefined ? null : (
        <>
          <meta name="measured-page" content={props.measuredPage} />
          <script type="module" src={`/scripts/vitals.js${version}`} />
        </>
      )}
      {props.refreshSeconds === undefined ? null : (
        <noscript>
          <meta http-equiv="refresh" content={String(props.refreshSeconds)} />
        </noscript>
      )}
    </head>
  );
}
