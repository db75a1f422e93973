/** The admin pages: how things stand, people with their credits, and all jobs. */
import { Hono } from "hono";
import { hasRole, outranks } from "../../auth/principal.ts";
import { buildDailyPicturesQuery } from "../../db/daily-pictures.ts";
import { buildEntriesQuery } from "../../db/entries.ts";
import { buildAdminFiguresQuery, buildJobsQuery, listJobs } from "../../db/jobs.ts";
import { runQueries } from "../../db/query.ts";
import { buildLastReconciliationQuery } from "../../db/reconciliations.ts";
import { buildUserQuery, listUsers } from "../../db/users.ts";
import { AppError, type FieldError, statusOf } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { jobQuery, presentJob } from "../admin-generations.ts";
import { addCredits, addCreditsSchema, getUser, userQuery } from "../admin-users.ts";
import { IDEMPOTENCY_KEY_PATTERN, listFieldErrors, parseId, parseQuery } from "../body.ts";
import { type AppContext, type AppEnv, requireUser } from "../context.ts";
import { isOn } from "../flags.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { presentEntry, presentUser } from "../present.ts";
import { AdminGenerationsPage } from "../views/admin/generations.tsx";
import { AdminHomePage } from "../views/admin/home.tsx";
import { AdminUserPage, creditsAddedText } from "../views/admin/user.tsx";
import { AdminUsersPage } from "../views/admin/users.tsx";
import { typedValue } from "../views/form-values.ts";
import type { FormValues } from "../views/model.ts";
import { listConcerns, listFigures, presentDay } from "./admin-figures.ts";
import { readForm, toFieldErrors } from "./form.ts";

const LAST_ENTRIES = 20;
const LAST_JOBS = 10;

export const adminPages = new Hono<AppEnv>()
  .get("/admin", async (c) => {
    const [figures, last, days] = await runQueries(c.env.DB, [
      buildAdminFiguresQuery(c.env.DB),
      buildLastReconciliationQuery(c.env.DB),
      buildDailyPicturesQuery(c.env.DB),
    ]);
    return c.html(
      <AdminHomePage
        frame={buildFrame(c, takeNotice(c))}
        figures={listFigures(figures)}
        concerns={listConcerns(figures, last)}
        days={days.map(presentDay)}
        hasCharts={isOn(c, "charts")}
      />,
    );
  })
  .get("/admin/users", async (c) => {
    const { q, role, cursor, limit } = parseQuery(c, userQuery);
    const page = await listUsers(c.env.DB, { q, role }, { cursor, limit });
    return c.html(
      <AdminUsersPage
        frame={buildFrame(c, takeNotice(c))}
        people={page.items.map(presentUser)}
        total={page.total}
        filters={{ q: q ?? "", role: role ?? "" }}
        nextCursor={page.nextCursor}
        hasCursor={cursor !== undefined}
      />,
    );
  })
  .get("/admin/users/:id", (c) => renderUser(c, { idempotencyKey: newId() }))
  .post("/admin/users/:id/credits", async (c) => {
    const { id } = await getUser(c);
    const values = await readForm(c);
    const typedKey = typedValue(values, "idempotencyKey");
    const idempotencyKey = IDEMPOTENCY_KEY_PATTERN.test(typedKey) ? typedKey : newId();
    const change = addCreditsSchema.safeParse(toChange(values));
    if (!change.success) {
      return renderUser(c, { idempotencyKey, values, errors: listFieldErrors(change.error) });
    }
    try {
      const { credits } = await addCredits(c, id, change.data, idempotencyKey);
      setNotice(c, { kind: "success", text: creditsAddedText(credits.added, credits.available) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return renderUser(c, { values, ...explainRefusal(error, idempotencyKey) });
    }
    return c.redirect(`/admin/users/${id}`, 303);
  })
  .get("/admin/generations", async (c) => {
    const { status, cursor, limit } = parseQuery(c, jobQuery);
    const page = await listJobs(c.env.DB, { status }, { cursor, limit });
    return c.html(
      <AdminGenerationsPage
        frame={buildFrame(c, takeNotice(c))}
        jobs={page.items.map(presentJob)}
        filters={{ status: status ?? "" }}
        nextCursor={page.nextCursor}
        hasCursor={cursor !== undefined}
      />,
    );
  });

/** A field that was left empty is missing, not 0. */
function toChange(values: FormValues): unknown {
  const amount = typedValue(values, "addCredits").trim().replace("−", "-");
  return {
    ...(/^[+-]?\d+$/.test(amount) ? { addCredits: Number(amount) } : {}),
    reason: typedValue(values, "reason"),
  };
}

interface Refusal {
  idempotencyKey: string;
  status: number;
  errors?: FieldError[];
  detail?: string;
}

function explainRefusal(error: AppError, idempotencyKey: string): Refusal {
  const status = statusOf(error.code);
  if (error.errors !== undefined) return { idempotencyKey, status, errors: error.errors };
  if (error.code !== "idempotency_key_reused") return { idempotencyKey, status, detail: error.message };
  return {
    idempotencyKey: newId(),
    status,
    detail:
      "This form was sent before with other values, and those were applied. Look at the balance; send it again if these are to be applied as well.",
  };
}

interface UserForm {
  idempotencyKey: string;
  status?: number;
  values?: FormValues;
  errors?: FieldError[];
  detail?: string;
}

async function renderUser(c: AppContext, form: UserForm) {
  const viewer = requireUser(c);
  const id = parseId(c);
  const [user, entries, jobs] = await runQueries(c.env.DB, [
    buildUserQuery(c.env.DB, id),
    buildEntriesQuery(c.env.DB, id, { limit: LAST_ENTRIES }),
    buildJobsQuery(c.env.DB, { userId: id }, { limit: LAST_JOBS }),
  ]);
  if (user === null) throw new AppError("not_found");
  const isOwn = viewer.id === user.id;
  c.status((form.status ?? (form.errors === undefined ? 200 : 422)) as 200 | 422);
  return c.html(
    <AdminUserPage
      frame={buildFrame(c, takeNotice(c))}
      person={presentUser(user)}
      entries={entries.items.map(presentEntry)}
      jobs={jobs.items.map(presentJob)}
      canAddCredits={!outranks(user.role, viewer.role) && (!isOwn || hasRole(viewer.role, "HERO"))}
      idempotencyKey={form.idempotencyKey}
      detail={form.detail}
      {...(form.values === undefined ? {} : { values: form.values })}
      {...(form.errors === undefined ? {} : { errors: toFieldErrors(form.errors) })}
    />,
  );
}
