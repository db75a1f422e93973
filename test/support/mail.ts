/** The letters that the development mailbox holds, and where their links lead. */
import { call } from "./http.ts";

export interface ReceivedLetter {
  to: string;
  subject: string;
  text: string;
  html: string;
  sentAt: string;
}

/** Newest first. */
export async function listLettersTo(email: string): Promise<ReceivedLetter[]> {
  const response = await call("GET", "/dev/mail", { headers: { Accept: "application/json" } });
  if (response.status !== 200) throw new Error(`listLettersTo: ${response.status}`);
  const { items } = (await response.json()) as { items: ReceivedLetter[] };
  return items.filter((letter) => letter.to === email);
}

export async function getLetterTo(email: string): Promise<ReceivedLetter> {
  const [letter] = await listLettersTo(email);
  if (letter === undefined) throw new Error(`getLetterTo: no letter to ${email}`);
  return letter;
}

export interface MailedLink {
  /** Path and query, as a browser would open it. */
  path: string;
  email: string;
  token: string;
}

export function readLink(letter: Pick<ReceivedLetter, "text">): MailedLink {
  const found = /https?:\/\/\S+\/auth\/confirm\?\S+/.exec(letter.text);
  if (found === null) throw new Error("readLink: the letter has no link");
  const url = new URL(found[0]);
  return {
    path: url.pathname + url.search,
    email: url.searchParams.get("email") ?? "",
    token: url.searchParams.get("token") ?? "",
  };
}

/** The link of the newest letter to an address. */
export async function getLinkTo(email: string): Promise<MailedLink> {
  return readLink(await getLetterTo(email));
}
