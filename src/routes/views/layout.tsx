/**
 * The document around every page: head, skip link, navigation by role, notice, content, footer.
 * No inline style and no inline script, so that the content security policy can refuse both.
 */

import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { Icon } from "./components/icon.tsx";
import { Notice } from "./components/notice.tsx";
import { Head, type HeadProps } from "./layout/head.tsx";
import { AdminNavigation, isAdminPlace, type Place, SiteHeader } from "./layout/navigation.tsx";
import type { Alert, Build, Frame } from "./model.ts";

export interface PageProps extends Frame, Omit<HeadProps, "isHome" | "build" | "measuredPage"> {
  current: Place;
  /** The content brings its own bands from edge to edge instead of standing in the middle column. */
  fullWidth?: boolean;
  children: Child;
}

export function Page(props: PageProps) {
  return (
    <>
      {raw("<!DOCTYPE html>")}
      <html lang="en-GB" data-animations={props.animations ? "on" : "off"}>
        <Head {...props} isHome={props.current === "home"} />
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
