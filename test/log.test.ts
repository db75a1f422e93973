import { errors } from "jose";
import { describe, expect, it } from "vitest";
import { AppError } from "../src/errors.ts";
import { describeError } from "../src/log.ts";

/** As a bundle without names has it. */
class Te extends Error {
  override name = this.constructor.name;
  readonly type: string;

  constructor(type: string) {
    super("refused");
    this.type = type;
  }
}

describe("an error in the log", () => {
  it("is called by its code or type where it has one, because its class has lost its name", () => {
    expect(describeError(new Te("AccessDenied"))["error"]).toBe("AccessDenied: refused");
    expect(describeError(new errors.JWTInvalid("bad"))["error"]).toBe("ERR_JWT_INVALID: bad");
  });

  it("is called by its code or its own name otherwise", () => {
    expect(describeError(new TypeError("no"))["error"]).toBe("TypeError: no");
    expect(describeError(new AppError("conflict", { detail: "Too late." }))["error"]).toBe(
      "conflict: Too late.",
    );
    expect(describeError("odd")["error"]).toBe("odd");
  });

  it("names its cause the same way", () => {
    expect(describeError(new Error("x", { cause: new Te("AccessDenied") }))["cause"]).toBe(
      "AccessDenied: refused",
    );
  });
});
