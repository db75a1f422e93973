/** The page behind a mailed link. Opening it uses nothing up, however often and by whatever it is opened. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { type Confirmed, peekLink } from "../../auth/confirm-link.ts";
import { signInPath } from "../../auth/middleware/guard-routes.ts";
import { PASSWORD_MIN_CHARACTERS } from "../../auth/password.ts";
import type { LinkRow } from "../../db/auth-tokens.ts";
import { AppError } from "../../errors.ts";
import { parseFields } from "../../fields.ts";
import { confirmSchema, nameSchema } from "../auth.ts";
import type { AppContext, AppEnv } from "../context.ts";
import { buildFrame, setNotice } from "../frame.ts";
import { CREATE, HOME } from "../views/addresses.ts";
import { ConfirmPage, DeadLinkPage, OthersLinkPage } from "../views/confirm.tsx";
import { typedValue } from "../views/form-values.ts";
import { confirm, greetNewcomer } from "../ways-in.ts";
import { parseNextPath, type Refusal, readForm, refuseFields, refuseForm } from "./form.ts";

const DEAD_LINK =
  "This link doesn't work any more: it was used, it is too old, or a newer one was sent. A new one is quickly asked for.";

/** Anybody may ask for a letter to any address, with any name: what counts is what the mailbox's owner sees and sends. */
const confirmFormSchema = z.extend(confirmSchema, { name: z.optional(nameSchema) });

/** What the page is filled with. A password is never given back. */
interface TypedConfirmation {
  token: string;
  name: string;
}

export const confirmPages = new Hono<AppEnv>()
  .get("/auth/confirm", async (c) => {
    // This page's own address opens the account, so that not even our own styles and scripts are asked for with it.
    c.header("Referrer-Policy", "strict-origin");
    const link = { email: c.req.query("email") ?? "", token: c.req.query("token") ?? "" };
    const row = await peekLink(c.env.DB, link, Date.now());
    if (row === null) return renderDeadLink(c);
    if (!isForWhoeverPresses(c, row)) {
      const principal = c.get("principal");
      return principal === null
        ? c.redirect(signInPath(c.req.url), 303)
        : renderOthersLink(c, principal.email, link);
    }
    return renderConfirm(c, row, { token: link.token, name: row.name }, null);
  })
  .post("/auth/confirm", async (c) => {
    const values = await readForm(c);
    const password = typedValue(values, "password");
    const token = typedValue(values, "token");
    const parsed = parseFields(confirmFormSchema, {
      email: typedValue(values, "email"),
      token,
      ...(password === "" ? {} : { password }),
      ...(values["name"] === undefined ? {} : { name: typedValue(values, "name") }),
    });
    const row = await peekLink(c.env.DB, { email: typedValue(values, "email"), token }, Date.now());
    if (row === null) return renderDeadLink(c);
    const typed = { token, name: values["name"] === undefined ? row.name : typedValue(values, "name") };
    if (!parsed.ok) return renderConfirm(c, row, typed, refuseFields(c, parsed.error));
    if (row.purpose === "reset" && password === "") {
      const missing = { field: "password", message: "Choose a new password." };
      return renderConfirm(c, row, typed, refuseFields(c, [missing]));
    }
    return confirmOrExplain(c, row, typed, parsed.value);
  });

/** A change of address is for the person who asked for it; every other link is for whoever reads the mailbox. */
function isForWhoeverPresses(c: AppContext, row: LinkRow): boolean {
  return row.purpose !== "change_email" || c.get("principal")?.id === row.userId;
}

/** Sending them to sign in would lead straight back here: they are signed in, as somebody else. */
function renderOthersLink(c: AppContext, viewerEmail: string, link: { email: string; token: string }) {
  c.set("refusal", "change_email_of_another");
  return c.html(<OthersLinkPage frame={buildFrame(c, null)} viewerEmail={viewerEmail} {...link} />, 403);
}

/** Whose session the button ends when it opens the account of another address; null when it ends nobody's. */
function findLeaving(c: AppContext, row: LinkRow): string | null {
  const email = c.get("principal")?.email ?? row.email;
  return row.purpose === "change_email" || email === row.email ? null : email;
}

async function confirmOrExplain(
  c: AppContext,
  row: LinkRow,
  typed: TypedConfirmation,
  confirmation: z.output<typeof confirmFormSchema>,
) {
  const { email, token, password, name } = confirmation;
  try {
    const confirmed = await confirm(c, { email, token, password, name });
    setNotice(c, { kind: "success", text: await describe(c, confirmed) });
    const next = parseNextPath(row.next, c.get("config").origin);
    return c.redirect(confirmed.isNew && next === HOME ? CREATE : next, 303);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.reason === "dead_link") return renderDeadLink(c);
    if (error.errors !== undefined) return renderConfirm(c, row, typed, refuseForm(c, error));
    throw error;
  }
}

async function describe(c: AppContext, confirmed: Confirmed): Promise<string> {
  if (confirmed.kind === "email_changed") return "Your address is changed. Every other device is signed out.";
  return confirmed.isNew ? greetNewcomer(c, confirmed.userId) : "You are signed in.";
}

function renderDeadLink(c: AppContext) {
  c.set("refusal", "dead_link");
  return c.html(<DeadLinkPage frame={buildFrame(c, null)} detail={DEAD_LINK} />, 401);
}

function renderConfirm(c: AppContext, row: LinkRow, typed: TypedConfirmation, refusal: Refusal | null) {
  return c.html(
    <ConfirmPage
      frame={buildFrame(c, null)}
      purpose={row.purpose}
      email={row.email}
      token={typed.token}
      name={typed.name}
      leavingEmail={findLeaving(c, row)}
      passwordMinCharacters={PASSWORD_MIN_CHARACTERS}
      errors={refusal?.errors ?? {}}
    />,
  );
}
