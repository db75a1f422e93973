/** Account and administration: signed figures, real ones only, and credits that are added instead of set. */
import { describe, expect, it } from "vitest";
import { AccountPage } from "../../../src/routes/views/account.tsx";
import { AdminHomePage } from "../../../src/routes/views/admin/home.tsx";
import {
  AdminUserPage,
  type AdminUserPageProps,
  creditsAddedText,
} from "../../../src/routes/views/admin/user.tsx";
import { statusOf } from "../../../src/routes/views/admin/users.tsx";
import { JobsTable } from "../../../src/routes/views/components/jobs-table.tsx";
import { Ledger } from "../../../src/routes/views/components/ledger.tsx";
import { attribute, byName, type Element, readElements, render } from "./markup.ts";
import { accountProps, frameFor, PERSON, sampleGeneration, VIEWER } from "./samples.tsx";

const ADMIN = frameFor({ ...VIEWER, role: "ADMIN" });

async function renderUser(over: Partial<AdminUserPageProps>): Promise<Element[]> {
  return readElements(
    await render(
      <AdminUserPage
        frame={ADMIN}
        person={PERSON}
        picture={null}
        entries={[]}
        jobs={[]}
        canAddCredits
        canChangeAccount={false}
        idempotencyKey="a-key-for-this-form"
        {...over}
      />,
    ),
  );
}

function bodyText(elements: readonly Element[]): string {
  return elements.find(({ tag }) => tag === "body")?.text ?? "";
}

describe("adding credits", () => {
  it("starts at 0, is labelled so, needs a reason and carries its key", async () => {
    const elements = await renderUser({});
    const field = byName(elements, "addCredits");
    expect(attribute(field, "autocomplete")).toBe("off");
    expect(attribute(field, "value")).toBe("0");
    expect(elements.find((element) => attribute(element, "for") === attribute(field, "id"))?.text).toBe(
      "Add credits",
    );
    expect(byName(elements, "reason").attributes.has("required")).toBe(true);
    expect(attribute(byName(elements, "idempotencyKey"), "value")).toBe("a-key-for-this-form");
    expect(
      elements.some((element) => attribute(element, "action") === `/admin/users/${PERSON.id}/credits`),
    ).toBe(true);
  });

  it("explains what a minus does, where the field says it", async () => {
    const elements = await renderUser({});
    const hint = elements.find((element) => attribute(element, "id") === "field-addCredits-hint");
    expect(hint?.text).toContain("A minus takes away");
    expect(attribute(byName(elements, "addCredits"), "aria-describedby")).toBe("field-addCredits-hint");
  });

  it("keeps what was typed when it is refused, and ties the error after the hint", async () => {
    const elements = await renderUser({
      values: { addCredits: "-50", reason: "<oops>" },
      errors: { addCredits: "Only 7 credits can be taken away." },
    });
    expect(attribute(byName(elements, "addCredits"), "value")).toBe("-50");
    expect(attribute(byName(elements, "reason"), "value")).toBe("<oops>");
    expect(attribute(byName(elements, "addCredits"), "aria-describedby")).toBe(
      "field-addCredits-hint field-addCredits-error",
    );
  });

  it("isn't offered to someone who may not", async () => {
    const elements = await renderUser({ canAddCredits: false });
    expect(elements.some((element) => attribute(element, "name") === "addCredits")).toBe(false);
  });

  it.each([
    [25, 35, "25 credits added. New total: 35."],
    [1, 1, "1 credit added. New total: 1."],
    [-5, 1200, "5 credits taken away. New total: 1,200."],
  ])("of %i leads to the notice with the new total %i", (added, available, text) => {
    expect(creditsAddedText(added, available)).toBe(text);
  });
});

describe("the ledger", () => {
  it("says every movement in words and with its sign", async () => {
    const entry = {
      id: "1",
      actor: null,
      generationId: null,
      reason: null,
      createdAt: "2026-11-21T09:30:00.000Z",
    };
    const kinds = ["grant", "revoke", "purchase", "refund", "hold", "capture", "release", "unheard-of"];
    const elements = await readElements(
      await render(
        <Ledger
          caption="Movements"
          entries={kinds.map((kind) => ({ ...entry, kind, available: -3, held: 25 }))}
        />,
      ),
    );
    const names = elements.filter(({ tag, attributes }) => tag === "th" && attributes.get("scope") === "row");
    expect(names.map(({ text }) => text)).toEqual([
      "Credits added",
      "Credits taken away",
      "Credits bought",
      "Refund",
      "Set aside for a picture",
      "Spent on a picture",
      "Given back",
      "unheard-of",
    ]);
    const amounts = elements.filter(
      (element) => element.tag === "td" && attribute(element, "class") === "numeric",
    );
    expect(amounts[0]?.text).toBe("−3");
    expect(amounts[1]?.text).toBe("+25");
  });
});

describe("the account page", () => {
  it("tells spendable credits from those set aside", async () => {
    const elements = await readElements(await render(<AccountPage {...accountProps({ entries: [] })} />));
    const credits = elements.find((element) => attribute(element, "id") === "credits");
    expect(credits?.text).toContain("7credits to spend");
    expect(credits?.text).toContain("3 credits set aside for pictures in the making");
    expect(elements.some((element) => attribute(element, "action") === "/account/signout-everywhere")).toBe(
      true,
    );
  });
});

describe("the list of devices", () => {
  it("tells two of the same kind apart also for those who hear only the buttons", async () => {
    const twice = ["2026-11-20T09:00:00.000Z", "2026-11-21T09:00:00.000Z"];
    const devices = accountProps()
      .devices.slice(0, 1)
      .flatMap((device) => twice.map((lastUsedAt) => ({ ...device, current: false, lastUsedAt })));
    const elements = await readElements(await render(<AccountPage {...accountProps({ devices })} />));
    const names = elements
      .filter(({ tag, text }) => tag === "button" && text.startsWith("End"))
      .map(({ text }) => text.replaceAll(/\s+/g, " "));
    expect(names).toEqual([
      "End on Firefox on Linux, last used 20 Nov 2026, 09:00 UTC",
      "End on Firefox on Linux, last used 21 Nov 2026, 09:00 UTC",
    ]);
  });
});

describe("the overview", () => {
  it("shows what was counted, also nothing, and says when all is well", async () => {
    const elements = await readElements(
      await render(
        <AdminHomePage
          frame={ADMIN}
          concerns={[]}
          figures={[
            { name: "Made", value: 0, note: "today" },
            { name: "Given back", value: 1284, note: "today" },
          ]}
        />,
      ),
    );
    const values = elements.filter((element) => attribute(element, "class")?.includes("figure-value"));
    expect(values.map(({ text }) => text)).toEqual(["0", "1,284"]);
    expect(bodyText(elements)).toContain(
      "Nothing. No job is stuck, the books balance, and no switch or rule is broken.",
    );
  });
});

describe("the list of jobs", () => {
  it("shows code, review and step, and no prompt", async () => {
    const job = {
      ...sampleGeneration("processing", "3:4", "generating"),
      userId: "u1",
      userEmail: "a@example.test",
    };
    const elements = await readElements(
      await render(
        <JobsTable
          caption="Jobs"
          withPerson
          jobs={[
            { ...job, errorCode: null, review: null },
            { ...job, status: "failed", errorCode: "provider_unreachable", review: "submit_unknown" },
            { ...job, status: "failed", errorCode: "timed_out", review: "something_new" },
          ]}
        />,
      ),
    );
    const faults = elements.filter((element) => attribute(element, "data-label") === "Fault");
    expect(faults.map(({ text }) => text)).toEqual([
      "None; generating",
      "provider_unreachableSent, but the provider did not answer: perhaps bought",
      "timed_outsomething_new",
    ]);
    expect(elements.some((element) => attribute(element, "href") === "/admin/users/u1")).toBe(true);
  });
});

describe("a person's status", () => {
  it("puts disabled before everything else", () => {
    expect(statusOf({ ...PERSON, disabled: true, emailVerified: false })).toBe("Disabled");
    expect(statusOf({ ...PERSON, emailVerified: false })).toBe("Address not confirmed");
    expect(statusOf(PERSON)).toBe("Active");
  });
});
