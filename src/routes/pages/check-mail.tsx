/** The answer to everybody who asked for a letter, whatever became of it. */
import { LETTERS_PER_HOUR } from "../../auth/limits.ts";
import { LINK_TTL_SECONDS } from "../../auth/links.ts";
import type { AppContext } from "../context.ts";
import { buildFrame } from "../frame.ts";
import { CheckMailPage } from "../views/register.tsx";

export function renderCheckMail(c: AppContext, email: string) {
  return c.html(
    <CheckMailPage
      frame={buildFrame(c, null)}
      email={email}
      minutes={LINK_TTL_SECONDS / 60}
      lettersPerHour={LETTERS_PER_HOUR}
    />,
    202,
  );
}
