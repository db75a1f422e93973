/** The own account: who I am, what I have, and every movement of my credits. */
import { Hono } from "hono";
import { buildEntriesQuery } from "../../db/entries.ts";
import { runQueries } from "../../db/query.ts";
import { buildUserQuery } from "../../db/users.ts";
import { AppError } from "../../errors.ts";
import { parseQuery } from "../body.ts";
import { type AppEnv, requireUser } from "../context.ts";
import { buildFrame, setNotice, takeNotice } from "../frame.ts";
import { entryPageQuery } from "../me.ts";
import { presentEntry, presentUser } from "../present.ts";
import { AccountPage } from "../views/account.tsx";
import { signOutEverywhere } from "../ways-in.ts";

export const accountPages = new Hono<AppEnv>()
  .get("/account", async (c) => {
    const { id } = requireUser(c);
    const query = parseQuery(c, entryPageQuery);
    const [user, page] = await runQueries(c.env.DB, [
      buildUserQuery(c.env.DB, id),
      buildEntriesQuery(c.env.DB, id, query),
    ]);
    if (user === null) throw new AppError("not_found");
    return c.html(
      <AccountPage
        frame={buildFrame(c, takeNotice(c))}
        person={presentUser(user)}
        entries={page.items.map(presentEntry)}
        nextCursor={page.nextCursor}
        hasCursor={query.cursor !== undefined}
      />,
    );
  })
  .post("/account/signout-everywhere", async (c) => {
    await signOutEverywhere(c);
    setNotice(c, { kind: "success", text: "You are signed out on every device." });
    return c.redirect("/signin", 303);
  });
