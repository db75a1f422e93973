/** One person's account for administrators: credits for every one of them, role and access for HEROes. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { hasRole, outranks } from "../../auth/principal.ts";
import { buildEntriesQuery } from "../../db/entries.ts";
import { buildJobsQuery } from "../../db/jobs.ts";
import { buildPictureVersionQuery } from "../../db/profile-pictures.ts";
import { runQueries } from "../../db/query.ts";
import { ROLES } from "../../db/schema.ts";
import { buildUserQuery } from "../../db/users.ts";
import { AppError } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { presentJob } from "../admin-generations.ts";
import {
  type AccountChange,
  addCredits,
  addCreditsSchema,
  changeAccount,
  getUser,
  userChangeSchema,
} from "../admin-users.ts";
import { IDEMPOTENCY_KEY_PATTERN, parseId, parseValue } from "../body.ts";
import { type AppContext, type AppEnv, requireUser } from "../context.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { presentEntry, presentUser } from "../present.ts";
import { adminUserPicturePath } from "../views/addresses.ts";
import { AdminUserPage, creditsAddedText } from "../views/admin/user.tsx";
import { typedValue } from "../views/form-values.ts";
import type { FormValues } from "../views/model.ts";
import { type Refusal, readForm, refuseForm } from "./form.ts";

const LAST_ENTRIES = 20;
const LAST_JOBS = 10;

export const adminUserPages = new Hono<AppEnv>()
  .get("/admin/users/:id", (c) => renderUser(c, { idempotencyKey: newId() }))
  .post("/admin/users/:id/credits", async (c) => {
    const { id } = await getUser(c);
    const values = await readForm(c);
    const typedKey = typedValue(values, "idempotencyKey");
    const idempotencyKey = IDEMPOTENCY_KEY_PATTERN.test(typedKey) ? typedKey : newId();
    try {
      const change = parseValue(toChange(values), addCreditsSchema);
      const { credits } = await addCredits(c, id, change, idempotencyKey);
      setNotice(c, { kind: "success", text: creditsAddedText(credits.added, credits.available) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return renderUser(c, { values, ...refuseCredits(c, error, idempotencyKey) });
    }
    return c.redirect(`/admin/users/${id}`, 303);
  })
  .post("/admin/users/:id/account", async (c) => {
    const { id } = await getUser(c);
    const values = await readForm(c);
    try {
      const change = toAccountChange(parseValue(toAccountForm(values), accountFormSchema));
      await changeAccount(c, change);
      setNotice(c, { kind: "success", text: describeAccountChange(change) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { errors, detail } = refuseForm(c, error);
      const accountDetail = detail ?? [...new Set(Object.values(errors))].join(" ");
      const accountReason = typedValue(values, "accountReason");
      return renderUser(c, { idempotencyKey: newId(), accountDetail, accountReason });
    }
    return c.redirect(`/admin/users/${id}`, 303);
  });

const CHOICE_ERROR = "Open this page again, and choose role and access from the lists.";

const choiceOfRole = z.enum(ROLES, { error: CHOICE_ERROR });
const choiceOfAccess = z.enum(["true", "false"], { error: CHOICE_ERROR });

/** A form that doesn't say what it showed is refused: an old page must not undo what happened since. */
const accountFormSchema = z.strictObject({
  role: choiceOfRole,
  roleWas: choiceOfRole,
  disabled: choiceOfAccess,
  disabledWas: choiceOfAccess,
  reason: userChangeSchema.shape.reason,
});

function toAccountForm(values: FormValues): unknown {
  const reason = typedValue(values, "accountReason").trim();
  return {
    role: typedValue(values, "role"),
    roleWas: typedValue(values, "roleWas"),
    disabled: typedValue(values, "disabled"),
    disabledWas: typedValue(values, "disabledWas"),
    ...(reason === "" ? {} : { reason }),
  };
}

/** Only what the person changed: a choice that was left alone may have been made anew by somebody else. */
function toAccountChange(form: z.output<typeof accountFormSchema>): AccountChange {
  return {
    ...(form.role === form.roleWas ? {} : { role: form.role }),
    ...(form.disabled === form.disabledWas ? {} : { disabled: form.disabled === "true" }),
    was: { role: form.roleWas, disabled: form.disabledWas === "true" },
    reason: form.reason,
  };
}

function describeAccountChange({ role, disabled }: AccountChange): string {
  if (role === undefined && disabled === undefined) return "You chose nothing new. Nothing was changed.";
  return "Role and access are as you set them.";
}

/** A field that was left empty is missing, not 0. */
function toChange(values: FormValues): unknown {
  const amount = typedValue(values, "addCredits").trim().replace("−", "-");
  return {
    ...(/^[+-]?\d+$/.test(amount) ? { addCredits: Number(amount) } : {}),
    reason: typedValue(values, "reason"),
  };
}

function refuseCredits(
  c: AppContext,
  error: AppError,
  idempotencyKey: string,
): Refusal & { idempotencyKey: string } {
  const refusal = refuseForm(c, error);
  if (error.code !== "idempotency_key_reused") return { ...refusal, idempotencyKey };
  return {
    ...refusal,
    idempotencyKey: newId(),
    detail:
      "This form was sent before with other values, and those were applied. Look at the balance; send it again if these are to be applied as well.",
  };
}

interface UserForm extends Partial<Refusal> {
  idempotencyKey: string;
  /** Why role or access could not be changed. */
  accountDetail?: string;
  /** The reason that was typed for that. */
  accountReason?: string;
  values?: FormValues;
}

async function renderUser(c: AppContext, form: UserForm) {
  const viewer = requireUser(c);
  const id = parseId(c);
  const [user, pictureVersion, entries, jobs] = await runQueries(c.env.DB, [
    buildUserQuery(c.env.DB, id),
    buildPictureVersionQuery(c.env.DB, id),
    buildEntriesQuery(c.env.DB, id, { limit: LAST_ENTRIES }),
    buildJobsQuery(c.env.DB, { userId: id }, { limit: LAST_JOBS }),
  ]);
  if (user === null) throw new AppError("not_found");
  const isOwn = viewer.id === user.id;
  return c.html(
    <AdminUserPage
      frame={buildFrame(c, takeNotice(c))}
      person={presentUser(user)}
      picture={pictureVersion === null ? null : adminUserPicturePath(id, pictureVersion)}
      entries={entries.items.map(presentEntry)}
      jobs={jobs.items.map(presentJob)}
      canAddCredits={!outranks(user.role, viewer.role) && (!isOwn || hasRole(viewer.role, "HERO"))}
      canChangeAccount={hasRole(viewer.role, "HERO")}
      {...form}
    />,
  );
}
