/** The own account: profile, devices, keys, own data, and every movement of credits. */
import { Hono } from "hono";
import { KEYS_PER_PERSON_MAX } from "../../auth/api-key.ts";
import { PASSKEYS_PER_PERSON_MAX } from "../../auth/passkeys/own-passkeys.ts";
import { PASSWORD_MIN_CHARACTERS } from "../../auth/password.ts";
import { hasRole, type Principal } from "../../auth/principal.ts";
import { describeScope, requiredRoleOf, SCOPES } from "../../auth/scopes.ts";
import { buildApiKeysQuery } from "../../db/api-keys.ts";
import { buildEntriesQuery } from "../../db/entries.ts";
import { buildPasskeysQuery } from "../../db/passkeys.ts";
import { buildPictureVersionQuery } from "../../db/profile-pictures.ts";
import { buildProviderAccountsQuery } from "../../db/provider-accounts.ts";
import { runQueries } from "../../db/query.ts";
import { buildDevicesQuery } from "../../db/sessions.ts";
import { updateName } from "../../db/user-changes.ts";
import { buildOwnAccountQuery } from "../../db/users.ts";
import { AppError } from "../../errors.ts";
import { numberedPageQuery, parseId, parseQuery, parseValue } from "../body.ts";
import { type AppContext, type AppEnv, requireUser } from "../context.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { DEVICES_MAX, listArchivePaths, newEmailSchema, newKeySchema, profileSchema } from "../me.ts";
import { askToChangeEmail, changePassword, endSession, makeKey, revokeKey } from "../own-account.ts";
import {
  presentApiKey,
  presentConnection,
  presentDevice,
  presentEntry,
  presentPasskey,
  presentUser,
} from "../present.ts";
import { NewKeyPage } from "../views/account/keys.tsx";
import type { RefusedForm } from "../views/account/profile.tsx";
import { AccountPage } from "../views/account.tsx";
import { ACCOUNT, profilePicturePath } from "../views/addresses.ts";
import { typedValue, typedValues } from "../views/form-values.ts";
import type { FormValues } from "../views/model.ts";
import { askForLink, signOutEverywhere } from "../ways-in.ts";
import { readForm, refuseForm } from "./form.ts";

export const accountPages = new Hono<AppEnv>()
  .get("/account", (c) => renderAccount(c, null))
  .post("/account/signout-everywhere", async (c) => {
    await signOutEverywhere(c);
    setNotice(c, { kind: "success", text: "You are signed out on every device." });
    return c.redirect("/signin", 303);
  })
  .post("/account/sessions/:id/end", async (c) => {
    const id = parseId(c);
    await endSession(c, id);
    if (id === requireUser(c).sessionId) return c.redirect("/", 303);
    setNotice(c, { kind: "success", text: "That device is signed out." });
    return c.redirect("/account#devices", 303);
  })
  .post("/account/name", async (c) => {
    const values = await readForm(c);
    try {
      const { name } = parseValue({ name: typedValue(values, "name") }, profileSchema);
      await updateName(c.env.DB, requireUser(c).id, name, Date.now());
    } catch (error) {
      return refuseAccountForm(c, "name", values, error);
    }
    setNotice(c, { kind: "success", text: "Your name is saved." });
    return c.redirect("/account", 303);
  })
  .post("/account/email", async (c) => {
    const values = await readForm(c);
    const current = typedValue(values, "emailCurrent");
    try {
      const { email } = parseValue({ email: typedValue(values, "email"), current }, newEmailSchema);
      await askToChangeEmail(c, { email, password: current });
    } catch (error) {
      return refuseAccountForm(c, "email", values, error, EMAIL_FIELDS);
    }
    setNotice(c, { kind: "success", text: "A letter with a link is on its way to the new address." });
    return c.redirect("/account", 303);
  })
  .post("/account/password", async (c) => {
    const values = await readForm(c);
    try {
      await changePassword(c, {
        current: typedValue(values, "current"),
        password: typedValue(values, "password"),
      });
    } catch (error) {
      return refuseAccountForm(c, "password", values, error);
    }
    setNotice(c, {
      kind: "success",
      text: "Your password is changed, and every other device is signed out.",
    });
    return c.redirect("/account", 303);
  })
  .post("/account/password/link", async (c) => {
    await askForLink(c, {
      purpose: "reset",
      email: requireUser(c).email,
      name: "",
      userId: null,
      next: ACCOUNT,
    });
    setNotice(c, { kind: "success", text: "A letter with a link is on its way to your address." });
    return c.redirect("/account", 303);
  })
  .post("/account/keys", async (c) => {
    const values = await readForm(c);
    const typed = { name: typedValue(values, "keyName"), scopes: typedValues(values, "scopes") };
    try {
      const wanted = parseValue(typed, newKeySchema);
      const { secret } = await makeKey(c, wanted);
      return c.html(<NewKeyPage frame={buildFrame(c, null)} name={wanted.name} secret={secret} />, 201);
    } catch (error) {
      return refuseAccountForm(c, "key", values, error, KEY_FIELDS);
    }
  })
  .post("/account/keys/:id/revoke", async (c) => {
    await revokeKey(c, parseId(c));
    setNotice(c, { kind: "success", text: "The key is revoked and works no longer." });
    return c.redirect("/account#keys", 303);
  });

/** How the page calls the fields of the API, where one page has two of the same name. */
const EMAIL_FIELDS: Readonly<Record<string, string>> = { current: "emailCurrent" };
const KEY_FIELDS: Readonly<Record<string, string>> = { name: "keyName" };

/** The page again with what was refused beside its form. Whatever is no refusal of the form's goes on. */
export function refuseAccountForm(
  c: AppContext,
  form: RefusedForm["form"],
  values: FormValues,
  error: unknown,
  renamed: Readonly<Record<string, string>> = {},
) {
  if (!(error instanceof AppError) || error.code === "unauthenticated") throw error;
  const refusal = refuseForm(c, error, renamed);
  const typed = Object.fromEntries(Object.keys(values).map((name) => [name, typedValue(values, name)]));
  return renderAccount(c, { form, ...refusal, values: typed, scopes: typedValues(values, "scopes") });
}

async function renderAccount(c: AppContext, refused: RefusedForm | null) {
  const principal = requireUser(c);
  const query = refused === null ? parseQuery(c, numberedPageQuery) : numberedPageQuery.parse({});
  const [user, pictureVersion, entries, devices, keys, accounts, passkeys] = await runQueries(c.env.DB, [
    buildOwnAccountQuery(c.env.DB, principal.id),
    buildPictureVersionQuery(c.env.DB, principal.id),
    buildEntriesQuery(c.env.DB, principal.id, query),
    buildDevicesQuery(c.env.DB, principal.id, Date.now(), DEVICES_MAX),
    buildApiKeysQuery(c.env.DB, principal.id, KEYS_PER_PERSON_MAX),
    buildProviderAccountsQuery(c.env.DB, principal.id),
    buildPasskeysQuery(c.env.DB, principal.id, PASSKEYS_PER_PERSON_MAX),
  ]);
  if (user === null) throw new AppError("not_found");
  return c.html(
    <AccountPage
      frame={buildFrame(c, takeNotice(c))}
      person={presentUser(user)}
      picture={pictureVersion === null ? null : profilePicturePath(pictureVersion)}
      hasPassword={user.hasPassword === 1}
      passwordMinCharacters={PASSWORD_MIN_CHARACTERS}
      connections={c.get("config").providers.map((provider) => presentConnection(provider, accounts))}
      passkeys={passkeys.map(presentPasskey)}
      devices={devices.map((row) => presentDevice(row, principal.sessionId))}
      keys={keys.map(presentApiKey)}
      scopes={listScopes(principal)}
      pictures={user.pictures}
      archives={listArchivePaths(user.pictures)}
      entries={entries.items.map(presentEntry)}
      nextCursor={entries.nextCursor}
      hasCursor={query.cursor !== undefined}
      refused={refused}
    />,
  );
}

function listScopes(principal: Principal) {
  return SCOPES.filter((scope) => hasRole(principal.role, requiredRoleOf(scope))).map((scope) => ({
    scope,
    words: describeScope(scope),
  }));
}
