/** The forms of the account page that change and remove one's own picture. */
import { Hono } from "hono";
import { deleteProfilePicture } from "../../db/profile-pictures.ts";
import { type AppEnv, requireUser } from "../context.ts";
import { setNotice } from "../frame.ts";
import { setProfilePicture } from "../profile-picture.ts";
import { refuseAccountForm } from "./account.tsx";
import { readFile } from "./form.ts";

export const profilePicturePages = new Hono<AppEnv>()
  .post("/account/picture", async (c) => {
    try {
      await setProfilePicture(c, await readFile(c, "picture"));
    } catch (error) {
      return refuseAccountForm(c, "picture", {}, error);
    }
    setNotice(c, { kind: "success", text: "Your picture is saved." });
    return c.redirect("/account", 303);
  })
  .post("/account/picture/remove", async (c) => {
    await deleteProfilePicture(c.env.DB, requireUser(c).id);
    setNotice(c, { kind: "success", text: "Your picture is removed." });
    return c.redirect("/account", 303);
  });
