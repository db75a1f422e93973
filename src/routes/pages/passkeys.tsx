/** Adding a passkey, which needs a script, and removing one, which doesn't. */
import { Hono } from "hono";
import { findCredentials } from "../../db/users.ts";
import { type AppEnv, requireUser } from "../context.ts";
import { buildFrame, setNotice } from "../frame.ts";
import { removeOwnPasskey } from "../passkeys.ts";
import { typedValue } from "../views/form-values.ts";
import { NewPasskeyPage } from "../views/new-passkey.tsx";
import { readForm } from "./form.ts";

export const passkeyPages = new Hono<AppEnv>()
  .get("/account/passkeys/new", async (c) => {
    const credentials = await findCredentials(c.env.DB, requireUser(c).email);
    const hasPassword = credentials?.passwordHash != null;
    return c.html(<NewPasskeyPage frame={buildFrame(c, null)} hasPassword={hasPassword} />);
  })
  .post("/account/passkeys/remove", async (c) => {
    await removeOwnPasskey(c, typedValue(await readForm(c), "id"));
    setNotice(c, { kind: "success", text: "The passkey is removed and no longer opens your account." });
    return c.redirect("/account#ways-in", 303);
  });
