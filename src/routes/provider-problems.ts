/**
 * What can go wrong with a provider, in words that say what to do next. The names stand in the address of the sign-in
 * page, so that its text doesn't need a cookie: losing cookies is one of the problems. Some are Auth.js' own names.
 */
import type { DanceFailure } from "../auth/oauth/auth-js.ts";
import type { ConnectRefusal } from "../auth/oauth/connections.ts";
import type { EnterRefusal } from "../auth/oauth/enter.ts";

const PROBLEMS = [
  "AccessDenied",
  "SignInLost",
  "OAuthCallbackError",
  "ProviderUnavailable",
  "EmailNotVerified",
  "OAuthAccountNotLinked",
  "AlreadySignedIn",
  "AccountDisabled",
  "LinkedElsewhere",
  "AnotherLinked",
] as const;
export type ProviderProblem = (typeof PROBLEMS)[number];

/** Null for a name that somebody made up. */
export function findProviderProblem(name: string | undefined): ProviderProblem | null {
  return PROBLEMS.find((problem) => problem === name) ?? null;
}

export function problemOfDance(failure: DanceFailure): ProviderProblem {
  switch (failure.kind) {
    case "denied":
      return "AccessDenied";
    case "lost":
      return "SignInLost";
    case "failed":
      return "OAuthCallbackError";
  }
}

export function problemOfRefusal(refusal: EnterRefusal | ConnectRefusal): ProviderProblem {
  switch (refusal) {
    case "unverified_email":
      return "EmailNotVerified";
    case "address_known":
      return "OAuthAccountNotLinked";
    case "already_signed_in":
      return "AlreadySignedIn";
    case "disabled":
      return "AccountDisabled";
    case "linked_elsewhere":
      return "LinkedElsewhere";
    case "another_linked":
      return "AnotherLinked";
  }
}

/** `provider` is its name, as the button has it. */
export function describeProviderProblem(problem: ProviderProblem, provider: string): string {
  switch (problem) {
    case "AccessDenied":
      return `You cancelled at ${provider}, so nothing happened. Start again, or choose another way.`;
    case "SignInLost":
      return `The sign-in with ${provider} took too long, was used already, or began in another browser. Start it again here; your browser must accept cookies.`;
    case "OAuthCallbackError":
      return `The sign-in with ${provider} could not be completed. Start it again; if that doesn't help, choose another way.`;
    case "ProviderUnavailable":
      return `${provider} doesn't answer right now. Try again in a minute, or choose another way.`;
    case "EmailNotVerified":
      return `${provider} doesn't say that your e-mail address is verified. Verify it there and try again, or choose another way here.`;
    case "OAuthAccountNotLinked":
      return `There is an account with this e-mail address already. Sign in to it first, for example with a link by mail; on your account page you can then connect ${provider}.`;
    case "AlreadySignedIn":
      return `You are signed in to another account. To use this ${provider} account here, connect it below; to sign in with it, sign out first.`;
    case "AccountDisabled":
      return "This account is switched off. If you think that this is a mistake, write to us.";
    case "LinkedElsewhere":
      return `This ${provider} account opens another account here. Disconnect it there first.`;
    case "AnotherLinked":
      return `Another ${provider} account is connected already. Disconnect that one first.`;
  }
}
