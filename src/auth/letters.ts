/** What the letters say. Nothing that a stranger typed stands in one: a name from a registration form is left out. */
import type { Letter } from "../mail/letter.ts";
import { LINK_TTL_SECONDS } from "./links.ts";

const MINUTES = LINK_TTL_SECONDS / 60;
const ONCE = `The link works once, for ${MINUTES} minutes.`;
const NOT_YOU =
  "Somebody typed this address on our site. If that wasn't you, do nothing: without this link nothing happens.";
const SECURITY_NOTICE = "We tell you about every change of how you sign in.";

export function inviteToRegister(asked: "register" | "sign_in" | "reset", url: string): Letter {
  const first =
    asked === "register"
      ? "One step is left: confirm that this mailbox is yours. On the page that opens you choose a password."
      : "There is no account with this address yet. If you want one, confirm that this mailbox is yours. On the page that opens you choose a password.";
  return {
    subject: "Confirm your e-mail address",
    heading: "Welcome to Eventide",
    paragraphs: [first, ONCE],
    action: { label: "Confirm this address", url },
    reason: NOT_YOU,
  };
}

/** Where registering needs more than a mailbox: the letter leads to the form and opens nothing itself. */
export function tellNoAccount(origin: string): Letter {
  return {
    subject: "There is no account with this address",
    heading: "There is no account with this address",
    paragraphs: [
      "Somebody, probably you, asked for a link to sign in. This address has no account yet. If you want one, register with it first; if you have one with another address, use that one.",
    ],
    action: { label: "Register", url: `${origin}/register` },
    reason: "Somebody typed this address on our site. If that wasn't you, do nothing.",
  };
}

export function tellRegisteredBefore(url: string): Letter {
  return {
    subject: "You have an account already",
    heading: "You have an account already",
    paragraphs: [
      "Somebody, probably you, asked to register with this address. It has an account, so there is nothing to register: this link signs you in.",
      ONCE,
    ],
    action: { label: "Sign in", url },
    reason: NOT_YOU,
  };
}

export function sendLink(purpose: "sign_in" | "reset", url: string): Letter {
  if (purpose === "sign_in") {
    return {
      subject: "Your link to sign in",
      heading: "Here is your way in",
      paragraphs: [`Press the button to sign in to Eventide. ${ONCE}`],
      action: { label: "Sign in", url },
      reason: NOT_YOU,
    };
  }
  return {
    subject: "Choose a new password",
    heading: "Choose a new password",
    paragraphs: [
      `Press the button, and choose a new password on the page that opens. ${ONCE}`,
      "Your old password goes on working until then. Afterwards you are signed out on every other device.",
    ],
    action: { label: "Choose a password", url },
    reason: NOT_YOU,
  };
}

export function askToConfirmAddress(url: string): Letter {
  return {
    subject: "Confirm your new e-mail address",
    heading: "Is this your new address?",
    paragraphs: [
      `You asked to use this address for your account from now on. Press the button while you are signed in. ${ONCE}`,
    ],
    action: { label: "Use this address", url },
    reason: NOT_YOU,
  };
}

export function tellAddressTaken(): Letter {
  return {
    subject: "This address has an account already",
    heading: "This address has an account already",
    paragraphs: [
      "Somebody, probably you, asked to use this address for another account. It belongs to an account already, so nothing was changed.",
      "To use it for the other account, sign in to this one and erase it, or give it another address first.",
    ],
    reason: "Somebody typed this address on our site. If that wasn't you, do nothing.",
  };
}

export function tellEmailChanged(newEmail: string): Letter {
  return {
    subject: "Your e-mail address was changed",
    heading: "Your address was changed",
    paragraphs: [
      `Your account has a new e-mail address now: ${newEmail}. From now on our letters go there, and this address no longer opens the account.`,
      "If you didn't do this, answer this letter at once.",
    ],
    reason: SECURITY_NOTICE,
  };
}

export function tellPasswordChanged(origin: string): Letter {
  return {
    subject: "Your password was changed",
    heading: "You have a new password",
    paragraphs: [
      "The password of your account was changed just now, and every other device was signed out.",
      "If you didn't do this, choose a new password at once.",
    ],
    action: { label: "I didn't do this", url: `${origin}/forgot` },
    reason: SECURITY_NOTICE,
  };
}

export const WAYS_IN_CHANGES = [
  "provider_connected",
  "provider_disconnected",
  "passkey_added",
  "passkey_removed",
  "key_made",
] as const;
export type WaysInChange = (typeof WAYS_IN_CHANGES)[number];

/** `what` is a provider's name, which the operator chose, or the first characters of a key. */
export function tellWaysInChanged(change: WaysInChange, what: string, origin: string): Letter {
  return {
    subject: "How you sign in was changed",
    heading: "How you sign in was changed",
    paragraphs: [
      describeWaysInChange(change, what),
      "If you didn't do this, undo it on your account page, and choose a new password.",
    ],
    action: { label: "Look at my account", url: `${origin}/account` },
    reason: SECURITY_NOTICE,
  };
}

function describeWaysInChange(change: WaysInChange, what: string): string {
  switch (change) {
    case "provider_connected":
      return `${what} was connected to your account: signing in there now opens it.`;
    case "provider_disconnected":
      return `${what} was disconnected from your account and no longer opens it.`;
    case "passkey_added":
      return "A passkey was added to your account: whoever has the device that holds it can sign in.";
    case "passkey_removed":
      return "A passkey was removed from your account and no longer opens it.";
    case "key_made":
      return `A key for programs was made. It begins with ${what}, and acts for you until you revoke it.`;
  }
}

export function tellDisabled(): Letter {
  return {
    subject: "Your account is switched off",
    heading: "Your account is switched off",
    paragraphs: [
      "You asked for a way into your account. An administrator has switched it off, so there is no link in this letter.",
      "If you think that this is a mistake, answer this letter.",
    ],
    reason: "Somebody typed this address on our site. If that wasn't you, do nothing.",
  };
}

export function tellErased(): Letter {
  return {
    subject: "Your account is erased",
    heading: "Goodbye, and thank you",
    paragraphs: [
      "Your account is erased: your pictures, your words, your sessions and your keys are gone, and this address with them.",
      "What stays are the movements of credits and the record of who did what, under a number that no longer leads to you, and a fingerprint of your address if it had starting credits, so that they are given once.",
    ],
    reason: "This is the last letter to this address.",
  };
}
