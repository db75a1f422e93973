/** Leaving: what goes and what stays is said before, and the own address has to be typed. */
import { Hono } from "hono";
import { normalizeEmail } from "../../auth/email.ts";
import { countBelongings } from "../../db/erasure.ts";
import { AppError } from "../../errors.ts";
import { type AppContext, type AppEnv, requireUser } from "../context.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { eraseOwnAccount } from "../own-account.ts";
import { ErasePage } from "../views/account/data.tsx";
import { typedValue } from "../views/form-values.ts";
import { type Refusal, readForm, refuseForm } from "./form.ts";

export const erasePages = new Hono<AppEnv>()
  .get("/account/erase", (c) => renderErase(c, null))
  .post("/account/erase", async (c) => {
    try {
      requireOwnAddress(c, typedValue(await readForm(c), "confirmation"));
      await eraseOwnAccount(c);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return renderErase(c, refuseForm(c, error));
    }
    setNotice(c, { kind: "success", text: "Your account is erased. Goodbye, and thank you." });
    return c.redirect("/", 303);
  });

function requireOwnAddress(c: AppContext, typed: string): void {
  if (normalizeEmail(typed) === requireUser(c).email) return;
  const message = "This is not your address. Nothing was erased.";
  throw new AppError("invalid_request", { errors: [{ field: "confirmation", message }] });
}

async function renderErase(c: AppContext, refusal: Refusal | null) {
  const user = requireUser(c);
  const belongings = await countBelongings(c.env.DB, user.id);
  return c.html(
    <ErasePage
      frame={buildFrame(c, takeNotice(c))}
      email={user.email}
      {...belongings}
      credits={user.credits}
      {...refusal}
    />,
  );
}
