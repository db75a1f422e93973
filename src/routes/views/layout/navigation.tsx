/** The ways between pages, by role: the header of every page, and the row of administration below it. */
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
} from "../addresses.ts";
import { Button } from "../components/button.tsx";
import { CreditsBadge } from "../components/credits-badge.tsx";
import { Logo } from "../components/logo.tsx";
import type { Viewer } from "../model.ts";

/** Which entry of the navigation a page belongs to. */
export type Place = "home" | "signin" | "create" | "gallery" | "account" | AdminPlace | "none";
type AdminPlace =
  | "admin"
  | "admin-users"
  | "admin-generations"
  | "admin-flags"
  | "admin-speed"
  | "admin-audit";

const ADMIN_NAVIGATION: readonly { place: AdminPlace; href: string; label: string }[] = [
  { place: "admin", href: ADMIN, label: "Overview" },
  { place: "admin-users", href: ADMIN_USERS, label: "People" },
  { place: "admin-generations", href: ADMIN_GENERATIONS, label: "Pictures in the making" },
  { place: "admin-flags", href: ADMIN_FLAGS, label: "Switches" },
  { place: "admin-speed", href: ADMIN_SPEED, label: "Speed" },
  { place: "admin-audit", href: ADMIN_AUDIT, label: "Audit log" },
];

export function SiteHeader(props: { viewer: Viewer | null; current: Place }) {
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

export function AdminNavigation(props: { current: AdminPlace }) {
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

function NavLink(props: { href: string; label: string; isCurrent: boolean }) {
  return (
    <a class="nav-link" href={props.href} aria-current={currentPage(props.isCurrent)}>
      {props.label}
    </a>
  );
}

function currentPage(isCurrent: boolean): "page" | undefined {
  return isCurrent ? "page" : undefined;
}

export function isAdminPlace(place: Place): place is AdminPlace {
  return place.startsWith("admin");
}
