/** Leaving: what goes and what stays is said before, and the own address has to be typed. */
import { Hono } from "hono";
import { normalizeEmail } from "../../auth/email.ts";
import { countBelongings } from "../../db/erasure.ts";
import { AppError, statusOf } from "../../errors.ts";
import { type AppContext, type AppEnv, requireUser } from "../context.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { eraseOwnAccount } from "../own-account.ts";
import { ErasePage } from "../views/account/data.tsx";
import { typedValue } from "../views/form-values.ts";
import type { FieldErrors } from "../views/model.ts";
import { readForm } from "./form.ts";

export const erasePages = new Hono<AppEnv>()
  .get("/account/erase", (c) => renderErase(c, {}))
  .post("/account/erase", async (c) => {
    const typed = normalizeEmail(typedValue(await readForm(c), "confirmation"));
    if (typed !== requireUser(c).email) {
      const errors = { confirmation: "This is not your address. Nothing was erased." };
      return renderErase(c, { status: 422, errors });
    }
    try {
      await eraseOwnAccount(c);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return renderErase(c, { status: statusOf(error.code), detail: error.message });
    }
    setNotice(c, { kind: "success", text: "Your account is erased. Goodbye, and thank you." });
    return c.redirect("/", 303);
  });

async function renderErase(
  c: AppContext,
  refusal: { status?: number; errors?: FieldErrors; detail?: string },
) {
  const user = requireUser(c);
  const belongings = await countBelongings(c.env.DB, user.id);
  c.status((refusal.status ?? 200) as 200 | 409 | 422);
  return c.html(
    <ErasePage
      frame={buildFrame(c, takeNotice(c))}
      email={user.email}
      {...belongings}
      credits={user.credits}
      detail={refusal.detail}
      {...(refusal.errors === undefined ? {} : { errors: refusal.errors })}
    />,
  );
}
