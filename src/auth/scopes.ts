/** What a key for programs may do, always within the rights of whoever owns it. */
import type { Role } from "../db/schema.ts";

export const SCOPES = ["read", "generate", "flags", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** The role that the owner needs: to make such a key, and each time that it is used. */
const REQUIRED_ROLES: Readonly<Record<Scope, Role>> = {
  read: "USER",
  generate: "USER",
  flags: "ADMIN",
  admin: "ADMIN",
};

export function requiredRoleOf(scope: Scope): Role {
  return REQUIRED_ROLES[scope];
}

/** In words, for the page where keys are made. */
export function describeScope(scope: Scope): string {
  switch (scope) {
    case "read":
      return "Read your account, your pictures and your credits";
    case "generate":
      return "Make, change and delete pictures, which spends your credits";
    case "flags":
      return "Evaluate every feature flag over OFREP";
    case "admin":
      return "Do what your role allows on the administrators' routes";
  }
}
