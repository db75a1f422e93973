/**
 * The document around every page: head, skip link, navigation by role, notice, content, footer.
 * No inline style and no inline script, so that the content security policy can refuse both.
 */

import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import {
  ACCOUNT,
  ADMIN,
  ADMIN_AUDIT,
  ADMIN_FLAGS,
  ADMIN_GENERATIONS,
  ADMIN_SPEED,
  ADMIN_USERS,
  CREATE,
  GALLERY,
  HOME,
  SIGN_IN,
  SIGN_OUT,
} from "./addresses.ts";
import { Button } from "./components/button.tsx";
import { CreditsBadge } from "./components/credits-badge.tsx";
import { Icon } from "./components/icon.tsx";
import { Logo } from "./components/logo.tsx";
import { Notice } from "./components/notice.tsx";
import type { Alert, Build, Frame, Viewer } from "./model.ts";

/** Which entry of the navigation a page belongs to. */
export type Place = "home" | "signin" | "create" | "gallery" | "account" | AdminPlace | "none";
export type AdminPlace =
  | "admin"
  | "admin-users"
  | "admin-generations"
  | "admin-flags"
  | "admin-speed"
  | "admin-audit";

type Look = "home" | "signin" | "create" | "brief" | "gallery" | "image" | "accounts" | "flags";

export type PageScript = "create" | "brief" | "flags" | "passkeys";

export interface PageProps extends Frame {
  title: string;
  description?: string;
  current: Place;
  /** The style sheets in /css that this page adds to the common ones. */
  look?: Look | readonly Look[];
  /** The module in /scripts that this page adds to the common one. */
  script?: PageScript | undefined;
  /** Without scripts, the browser loads the page again after this many seconds. */
  refreshSeconds?: number | undefined;
  /** The content brings its own bands from edge to edge instead of standing in the middle column. */
  fullWidth?: boolean;
  children: Child;
}

const DEFAULT_DESCRIPTION =
  "Eventide draws the flyer, the invitation, the card and the story for your event from a few plain questions.";

const ADMIN_NAVIGATION: readonly { place: AdminPlace; href: string; label: string }[] = [
  { place: "admin", href: ADMIN, label: "Overview" },
  { place: "admin-users", href: ADMIN_USERS, label: "People" },
  { place: "admin-generations", href: ADMIN_GENERATIONS, label: "Pictures in the making" },
  { place: "admin-flags", href: ADMIN_FLAGS, label: "Switches" },
  { place: "admin-speed", href: ADMIN_SPEED, label: "Speed" },
  { place: "admin-audit", href: ADMIN_AUDIT, label: "Audit log" },
];

export function Page(props: PageProps) {
  return (
    <>
      {raw("<!DOCTYPE html>")}
      <html lang="en-GB" data-animations={props.animations ? "on" : "off"}>
        <Head {...props} />
        <body>
          <a class="skip-link" href="#content">
            Skip to content
          </a>
          <SiteHeader viewer={props.viewer} current={props.current} />
          {isAdminPlace(props.current) ? <AdminNavigation current={props.current} /> : null}
          <Alerts alerts={props.alerts ?? []} />
          <main id="content" class={props.fullWidth === true ? "main-full" : "main"} tabindex={-1}>
            {props.notice === null ? null : <Notice kind={props.notice.kind} text={props.notice.text} />}
            {props.children}
          </main>
          <SiteFooter build={props.build} />
        </body>
      </html>
    </>
  );
}

function Head(props: PageProps) {
  // The commit in the address lets browsers keep these files for long and still get the new ones at once.
  const version = `?v=${encodeURIComponent(props.build.commit)}`;
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{props.current === "home" ? props.title : `${props.title} · Eventide`}</title>
      <meta name="description" content={props.description ?? DEFAULT_DESCRIPTION} />
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

function SiteHeader(props: { viewer: Viewer | null; current: Place }) {
  return (
    <header class="site-header">
      <div class="site-header-inner">
        <a class="brand" href={HOME} aria-current={currentPage(props.current === "home")}>
          <Logo />
          <span>Eventide</span>
        </a>
        {props.viewer === null ? (
          <nav class="site-nav" aria-label="Main">
            <NavLink href={CREATE} label="Create" isCurrent={props.current === "create"} />
            <NavLink href={SIGN_IN} label="Sign in" isCurrent={props.current === "signin"} />
          </nav>
        ) : (
          <ViewerNavigation viewer={props.viewer} current={props.current} />
        )}
      </div>
    </header>
  );
}

function ViewerNavigation(props: { viewer: Viewer; current: Place }) {
  const { viewer, current } = props;
  return (
    <>
      <nav class="site-nav" aria-label="Main">
        <NavLink href={CREATE} label="Create" isCurrent={current === "create"} />
        <NavLink href={GALLERY} label="Gallery" isCurrent={current === "gallery"} />
        <NavLink href={ACCOUNT} label="Account" isCurrent={current === "account"} />
        {viewer.role === "USER" ? null : (
          <NavLink href={ADMIN} label="Admin" isCurrent={isAdminPlace(current)} />
        )}
      </nav>
      <div class="site-viewer">
        <a class="site-credits" href={`${ACCOUNT}#credits`}>
          <CreditsBadge credits={viewer.credits} />
        </a>
        <span class="site-name" title={viewer.name}>
          {viewer.name}
        </span>
        <form method="post" action={SIGN_OUT}>
          <Button kind="quiet" small>
            Sign out
          </Button>
        </form>
      </div>
    </>
  );
}

function AdminNavigation(props: { current: AdminPlace }) {
  return (
    <nav class="admin-nav" aria-label="Administration">
      <ul>
        {ADMIN_NAVIGATION.map((entry) => (
          <li>
            <NavLink href={entry.href} label={entry.label} isCurrent={entry.place === props.current} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Between navigation and content, so that nobody works on under a wrong impression. */
function Alerts(props: { alerts: readonly Alert[] }) {
  if (props.alerts.length === 0) return null;
  return (
    <aside class="alerts" aria-label="Switched off">
      <ul>
        {props.alerts.map((alert) => (
          <li class="alert">
            <Icon name="alert" />
            <a href={alert.href}>{alert.text}</a>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function NavLink(props: { href: string; label: string; isCurrent: boolean }) {
  return (
    <a class="nav-link" href={props.href} aria-current={currentPage(props.isCurrent)}>
      {props.label}
    </a>
  );
}

function SiteFooter(props: { build: Build }) {
  return (
    <footer class="site-footer">
      <div class="site-footer-inner">
        <p class="site-footer-words">Pictures for the hours that people remember.</p>
        <p>
          Eventide {props.build.version} <span class="mono">({props.build.commit})</span>
        </p>
      </div>
    </footer>
  );
}

function currentPage(isCurrent: boolean): "page" | undefined {
  return isCurrent ? "page" : undefined;
}

function isAdminPlace(place: Place): place is AdminPlace {
  return place.startsWith("admin");
}
