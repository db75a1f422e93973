/** Every view with facts as they really come, for the tests that walk all pages. */
import { EVENT_TYPES, getEventType, QUALITIES } from "../../../src/generations/catalogue.ts";
import { buildCatalogueJson } from "../../../src/generations/catalogue-json.ts";
import { ErasePage } from "../../../src/routes/views/account/data.tsx";
import { NewKeyPage } from "../../../src/routes/views/account/keys.tsx";
import { AccountPage, type AccountPageProps } from "../../../src/routes/views/account.tsx";
import { AdminAuditPage } from "../../../src/routes/views/admin/audit.tsx";
import type { Day } from "../../../src/routes/views/admin/daily-pictures.tsx";
import { AdminFlagPage } from "../../../src/routes/views/admin/flag.tsx";
import type {
  DiffLine,
  FlagHistoryRow,
  FlagOverview,
  FlagPlan,
} from "../../../src/routes/views/admin/flag-model.ts";
import { AdminFlagsPage } from "../../../src/routes/views/admin/flags.tsx";
import { FlagsImportPage } from "../../../src/routes/views/admin/flags-import.tsx";
import { FlagRulesPage } from "../../../src/routes/views/admin/flags-rules.tsx";
import { FlagsSpeedPage } from "../../../src/routes/views/admin/flags-speed.tsx";
import { AdminGenerationsPage } from "../../../src/routes/views/admin/generations.tsx";
import { AdminHomePage } from "../../../src/routes/views/admin/home.tsx";
import { AdminUserPage } from "../../../src/routes/views/admin/user.tsx";
import { AdminUsersPage } from "../../../src/routes/views/admin/users.tsx";
import { BriefPage } from "../../../src/routes/views/brief.tsx";
import type { Job } from "../../../src/routes/views/components/jobs-table.tsx";
import { ConfirmPage, DeadLinkPage, OthersLinkPage } from "../../../src/routes/views/confirm.tsx";
import { ConnectPage } from "../../../src/routes/views/connect.tsx";
import { ChooseTypePage } from "../../../src/routes/views/create/choose-type.tsx";
import { CreatePage, type CreatePageProps } from "../../../src/routes/views/create/create-page.tsx";
import { initialValues } from "../../../src/routes/views/create/fields.ts";
import { ErrorPage, NotFoundPage } from "../../../src/routes/views/error-page.tsx";
import { GalleryPage } from "../../../src/routes/views/gallery.tsx";
import { HomePage } from "../../../src/routes/views/home.tsx";
import { ImagePage } from "../../../src/routes/views/image.tsx";
import type {
  ApiKey,
  AuditRecord,
  Catalogue,
  Device,
  Entry,
  Frame,
  Generation,
  GenerationStatus,
  Image,
  Person,
  Viewer,
} from "../../../src/routes/views/model.ts";
import { NewPasskeyPage } from "../../../src/routes/views/new-passkey.tsx";
import { CheckMailPage, ForgotPage, RegisterPage } from "../../../src/routes/views/register.tsx";
import { SignInPage } from "../../../src/routes/views/signin.tsx";

const NOW = "2026-11-22T18:05:30.000Z";

export const VIEWER: Viewer = {
  name: "Ines Okafor",
  role: "USER",
  credits: { available: 7, held: 3 },
};

export function frameFor(viewer: Viewer | null, over: Partial<Frame> = {}): Frame {
  return { viewer, notice: null, build: { version: "0.1.0", commit: "c10e6e5" }, animations: true, ...over };
}

export const CATALOGUE: Catalogue = buildCatalogueJson("ideogram-4-5");

const TITLES = [
  "Wedding, Rustic",
  "Concert, Jazz",
  "Birthday Party, age 7",
  "BBQ, Relaxed",
  "Game Night, Competitive",
  "Book Club",
  "Nightlife, Techno",
  "Holiday Celebration, Diwali",
];

export function sampleImage(index: number, over: Partial<Image> = {}): Image {
  const shape = CATALOGUE.shapes[index % CATALOGUE.shapes.length];
  const id = `01k9zq3v7x2m4n6p8r0s2t4v${String(index).padStart(2, "0")}`;
  return {
    id,
    generationId: `g${id}`,
    url: `/images/${id}/original`,
    thumbnailUrl: `/images/${id}/thumb`,
    downloadUrl: `/images/${id}/download`,
    width: shape?.width ?? 0,
    height: shape?.height ?? 0,
    format: "png",
    bytes: 1_482_113,
    sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    title: TITLES[index % TITLES.length] ?? "",
    alt: "A long table under lanterns in an orchard at dusk, guests raising their glasses",
    visibility: index % 5 === 3 ? "public" : "private",
    favourite: index % 4 === 1,
    eventType: "wedding",
    style: "vintage-film-poster",
    shape: shape?.key ?? "1:1",
    createdAt: "2026-11-20T17:12:00.000Z",
    can: { edit: true, publish: true, delete: true },
    tags: ["orchard", "lanterns"],
    prompt:
      "A wedding: a radiant couple share a tender moment, framed by flowers, flowing fabric and soft glowing light. The wedding style is Rustic. The colours are sage green and ivory. It features a vintage car, a flower arch. No lettering of any kind.",
    seed: 1_408_221,
    ...over,
  };
}

export function sampleGeneration(
  status: GenerationStatus,
  shape: string,
  step: string,
  over: Partial<Generation> = {},
): Generation {
  return {
    id: `01k9zq3v7x2m4n6p8r0s2t4${status}${step}`,
    status,
    cost: 1,
    shape,
    quality: "standard",
    eventType: "wedding",
    style: "vintage-film-poster",
    createdAt: "2026-11-22T18:05:00.000Z",
    updatedAt: "2026-11-22T18:05:18.000Z",
    progress: { step, since: "2026-11-22T18:05:18.000Z" },
    error: null,
    image: null,
    ...over,
  };
}

const ENTRIES: Entry[] = [
  entry(9, "capture", 0, -1, null),
  entry(8, "release", 1, -1, null),
  entry(7, "hold", -1, 1, null),
  entry(6, "hold", -1, 1, null),
  entry(5, "grant", 25, 0, "Thank you for the posters of the summer fair"),
  entry(4, "revoke", -5, 0, "Granted twice by mistake"),
];

function entry(id: number, kind: string, available: number, held: number, reason: string | null): Entry {
  return {
    id,
    kind,
    available,
    held,
    reason,
    actor: null,
    generationId: null,
    createdAt: "2026-11-21T09:30:00.000Z",
  };
}

export const PERSON: Person = {
  id: "01k9zq3v7x2m4n6p8r0s2t4v6w",
  email: "ines.okafor@example.test",
  name: "Ines Okafor",
  role: "USER",
  disabled: false,
  emailVerified: true,
  createdAt: "2026-10-02T08:00:00.000Z",
  credits: { available: 7, held: 3 },
};

const PEOPLE: Person[] = [
  PERSON,
  { ...PERSON, id: "b", email: "hero@example.test", name: "Maya Lindqvist", role: "HERO" },
  {
    ...PERSON,
    id: "c",
    email: "someone.with.a.rather.long.address@subdomain.example.test",
    name: "",
    emailVerified: false,
  },
  {
    ...PERSON,
    id: "d",
    email: "gone@example.test",
    name: "Tom Adeyemi",
    disabled: true,
    credits: { available: 1204, held: 0 },
  },
];

const JOBS: Job[] = [
  job("processing", null, null),
  job("failed", "provider_unreachable", "submit_unknown"),
  job("succeeded", null, null),
  job("failed", "prompt_refused", null),
];

function job(status: GenerationStatus, errorCode: string | null, review: string | null): Job {
  return {
    ...sampleGeneration(status, "3:4", "generating"),
    id: "01k9zq3v7x2m4n6p8r0s2t4v6w",
    userId: PERSON.id,
    userEmail: PERSON.email,
    errorCode,
    review,
  };
}

export function createProps(over: Partial<CreatePageProps> = {}): CreatePageProps {
  return {
    frame: frameFor(VIEWER),
    catalogue: CATALOGUE,
    eventType: getEventType("wedding"),
    values: initialValues(CATALOGUE),
    errors: {},
    credits: VIEWER.credits,
    price: { pictures: 1, cost: 1 },
    idempotencyKey: "0b7c1f0e-6f7f-4b43-9a0c-5e6d7f3f9a11",
    preview: null,
    ...over,
  };
}

const AUDIT: AuditRecord[] = [
  {
    id: "19",
    at: NOW,
    action: "role.change",
    actor: { id: "01k9zq3v7x2m4n6p8r0s2t4v6x", email: "hero@example.test" },
    subject: { type: "user", id: PERSON.id, email: PERSON.email },
    place: "203.0.113.0/24",
    requestId: "01k9zq3v7x2m4n6p8r0s2t4v6w",
    details: { from: "USER", to: "ADMIN", reason: "helps with the fair" },
  },
  {
    id: "18",
    at: NOW,
    action: "sign_in.refuse",
    actor: null,
    subject: { type: "user", id: null, email: null },
    place: "2001:db8:1::/48",
    requestId: "01k9zq3v7x2m4n6p8r0s2t4v6w",
    details: { method: "password", cause: "unknown_address" },
  },
];

export function accountProps(over: Partial<AccountPageProps> = {}): AccountPageProps {
  return {
    frame: frameFor(VIEWER),
    person: PERSON,
    picture: null,
    hasPassword: true,
    passwordMinCharacters: 12,
    connections: [
      { id: "google", name: "Google", email: "ines.okafor@example.test" },
      { id: "oidc", name: "Town Hall", email: null },
    ],
    passkeys: [
      { id: "AQIDBA", name: "Phone <new>", createdAt: "2026-10-12T08:00:00.000Z", lastUsedAt: NOW },
      { id: "AQIDBQ", name: "Key", createdAt: "2026-10-12T08:00:00.000Z", lastUsedAt: null },
    ],
    devices: DEVICES,
    keys: KEYS,
    scopes: [
      { scope: "read", words: "Read your account, your pictures and your credits" },
      { scope: "generate", words: "Make, change and delete pictures, which spends your credits" },
    ],
    pictures: 137,
    archives: ["/api/me/export/pictures?part=1", "/api/me/export/pictures?part=2"],
    entries: ENTRIES,
    nextCursor: "next",
    hasCursor: false,
    ...over,
  };
}

const DEVICES: Device[] = [
  {
    id: "01k9zq3v7x2m4n6p8r0s2t4v6x",
    current: true,
    device: "Firefox on Linux",
    method: "password",
    place: "203.0.113.0/24",
    createdAt: "2026-11-02T08:00:00.000Z",
    lastUsedAt: NOW,
    expiresAt: "2026-12-06T18:05:30.000Z",
  },
  {
    id: "01k9zq3v7x2m4n6p8r0s2t4v6y",
    current: false,
    device: "Safari on iPhone",
    method: "link",
    place: null,
    createdAt: "2026-10-12T08:00:00.000Z",
    lastUsedAt: "2026-11-20T21:40:00.000Z",
    expiresAt: "2026-12-04T21:40:00.000Z",
  },
];

const KEYS: ApiKey[] = [
  {
    id: "01k9zq3v7x2m4n6p8r0s2t4v6z",
    name: "Nightly backup of the choir's posters",
    prefix: "evk_Zk3nP0aB",
    scopes: ["read"],
    createdAt: "2026-10-12T08:00:00.000Z",
    lastUsedAt: "2026-11-22T03:00:00.000Z",
  },
  {
    id: "01k9zq3v7x2m4n6p8r0s2t4v70",
    name: "Test",
    prefix: "evk_9sK2mQ4x",
    scopes: ["read", "generate"],
    createdAt: "2026-11-12T08:00:00.000Z",
    lastUsedAt: null,
  },
];

const PROMPT = sampleImage(0).prompt ?? "";
const ADMIN = frameFor({ ...VIEWER, name: "Maya Lindqvist", role: "HERO" });

function sampleDays(count: number): Day[] {
  return Array.from({ length: count }, (_, index) => ({
    at: new Date(Date.UTC(2026, 9, 24 + index)).toISOString(),
    made: (index * 7) % 23,
    givenBack: index % 4,
  }));
}

const FLAG: FlagOverview = {
  key: "image_processing",
  type: "boolean",
  critical: false,
  default: true,
  value: false,
  variant: "off",
  reason: "SPLIT",
  source: "switch",
  switch: { raw: "25%", valid: true, by: "01k9", at: "2026-11-22T09:00:00.000Z", note: "a trial" },
  name: "Image processing",
  whenOff: "Originals are served in place of thumbnails.",
  owner: "operations",
  client: true,
  choice: "share",
  share: 25,
  setBy: "ada@example.test",
  doubt: "It may be off for some people, by its share.",
  problem: null,
};

const CRITICAL_FLAG: FlagOverview = {
  ...FLAG,
  key: "charts",
  critical: true,
  name: "Charts",
  value: true,
  variant: "on",
  reason: "ERROR",
  source: "default",
  choice: "",
  share: null,
  switch: { raw: "<b>ture", valid: false, by: null, at: null, note: null },
  setBy: null,
  doubt: null,
  problem: "Its rule is not in force. Default variant missing.",
};

const FLAG_HISTORY: FlagHistoryRow[] = (["admin", "wrangler", "schedule", "guard"] as const).map((via) => ({
  at: "2026-11-22T09:00:00.000Z",
  via,
  actor: "01k9",
  old: "auto",
  new: "off",
  note: via === "wrangler" ? null : "because of a trial",
  id: `01k9zq3v7x2m4n6p8r0s2t4${via.slice(0, 3)}`,
  who: "ada@example.test",
}));

const FLAG_PLAN: FlagPlan = {
  id: "01k9zq3v7x2m4n6p8r0s2t4v6w",
  key: "image_processing",
  value: "auto",
  at: "2026-12-24T18:00:00.000Z",
  by: "ada@example.test",
  note: "Christmas",
};

const DIFFERENCE: DiffLine[] = [
  { kind: "skipped", count: 3 },
  { kind: "same", text: '  "flags": {' },
  { kind: "removed", text: '    "a": 1' },
  { kind: "added", text: '    "<b>": 2' },
];

/** By name, so that a failing test says which page it was. */
export const PAGES = {
  home: (
    <HomePage frame={frameFor(null)} styles={CATALOGUE.styles} qualities={QUALITIES} startingCredits={10} />
  ),
  "home, signed in": (
    <HomePage frame={frameFor(VIEWER)} styles={CATALOGUE.styles} qualities={QUALITIES} startingCredits={0} />
  ),
  "sign-in": <SignInPage frame={frameFor(null)} email="" next="/create" providers={[]} />,
  "sign-in, refused": (
    <SignInPage
      frame={frameFor(null)}
      email="ines.okafor@example.test"
      next="/gallery"
      providers={[{ id: "google", name: "Google" }]}
      detail="That e-mail address and password don't belong together. Check both and try again."
    />
  ),
  "add a passkey": <NewPasskeyPage frame={frameFor(VIEWER)} hasPassword />,
  "connect a provider, refused": (
    <ConnectPage
      frame={frameFor(VIEWER)}
      provider={{ id: "google", name: "Google" }}
      hasPassword
      errors={{ current: "This is not your password." }}
    />
  ),
  register: (
    <RegisterPage
      frame={frameFor(null)}
      email=""
      name=""
      next="/"
      startingCredits={10}
      turnstileSiteKey={null}
    />
  ),
  "register, refused": (
    <RegisterPage
      frame={frameFor(null)}
      email="ines.okafor@example"
      name="Ines"
      next="/gallery"
      startingCredits={0}
      turnstileSiteKey={null}
      errors={{ email: "This doesn't look like an e-mail address." }}
    />
  ),
  "forgotten password": <ForgotPage frame={frameFor(null)} email="" next="/" />,
  "look into your mailbox": (
    <CheckMailPage frame={frameFor(null)} email="ines.okafor@example.test" minutes={15} lettersPerHour={5} />
  ),
  "confirm, new account": (
    <ConfirmPage
      frame={frameFor(null)}
      purpose="register"
      email="ines.okafor@example.test"
      token="t"
      name="Ines"
      leavingEmail={null}
      passwordMinCharacters={12}
      errors={{ password: "Use at least 12 characters." }}
    />
  ),
  "confirm, sign in": (
    <ConfirmPage
      frame={frameFor(null)}
      purpose="sign_in"
      email="ines.okafor@example.test"
      token="t"
      name="Ines"
      leavingEmail={null}
      passwordMinCharacters={12}
    />
  ),
  "confirm, sign in as somebody else": (
    <ConfirmPage
      frame={frameFor(VIEWER)}
      purpose="sign_in"
      email="ines.okafor@example.test"
      token="t"
      name="Ines"
      leavingEmail="ines@work.example.test"
      passwordMinCharacters={12}
    />
  ),
  "confirm, link of another account": (
    <OthersLinkPage
      frame={frameFor(VIEWER)}
      viewerEmail={PERSON.email}
      email="ines.okafor@example.test"
      token="t"
    />
  ),
  "confirm, dead link": (
    <DeadLinkPage frame={frameFor(null)} detail="It was used before, or it is too old. Ask for a new one." />
  ),
  error: (
    <ErrorPage
      frame={frameFor(VIEWER)}
      title="Something broke on our side"
      status={500}
      detail="The request failed because of a fault of ours, and it is in our log under the request id below."
      code="internal"
      requestId="01k9zq3v7x2m4n6p8r0s2t4v6w"
      timestamp={NOW}
    />
  ),
  "error, with fields": (
    <ErrorPage
      frame={frameFor(null)}
      title="Some fields need another look"
      status={422}
      detail="Correct the fields named below and send it again. Nothing was changed."
      code="invalid_request"
      requestId="01k9zq3v7x2m4n6p8r0s2t4v6w"
      timestamp={NOW}
      errors={[{ field: "answers.age", message: "A whole number from 1 to 130." }]}
    />
  ),
  "error, with a form that was not taken": (
    <ErrorPage
      frame={frameFor(null)}
      title="Please sign in"
      status={401}
      detail="You were signed out in the meantime, so what you sent was not taken and nothing was changed."
      code="unauthenticated"
      requestId="01k9zq3v7x2m4n6p8r0s2t4v6w"
      timestamp={NOW}
      unsent={{ action: "/create", fields: [["answers.theme", 'a "map" & <b>gold</b>']] }}
    />
  ),
  "not found": <NotFoundPage frame={frameFor(null)} />,
  "create, which event": <ChooseTypePage frame={frameFor(VIEWER)} eventTypes={EVENT_TYPES} />,
  "create, form": <CreatePage {...createProps()} />,
  "create, holiday": <CreatePage {...createProps({ eventType: getEventType("holiday-celebration") })} />,
  "create, with errors and preview": (
    <CreatePage
      {...createProps({
        eventType: getEventType("birthday-party"),
        values: {
          "answers.age": "131",
          "answers.theme": "dinosaurs <b>in green</b> & gold",
          style: "origami",
          shapes: ["3:4", "9:16", "1:1"],
          quality: "high",
          count: "2",
          text: "MILO TURNS SEVEN\nSaturday, 3 pm",
          details: "a very long cake",
        },
        errors: { "answers.age": "A whole number from 1 to 130.", shapes: "Six pictures are more than fit." },
        detail: "You have 7 credits, and this takes 12. Nothing was charged.",
        price: { pictures: 6, cost: 12 },
        preview: {
          prompt: `${PROMPT} Edited.`,
          builtPrompt: PROMPT,
          pictures: ["3:4", "9:16", "1:1"].map((shape) => ({ shape, width: 864, height: 1152 })),
        },
      })}
    />
  ),
  "brief, in the making": (
    <BriefPage
      frame={frameFor(VIEWER, {
        notice: { kind: "success", text: "Four pictures ordered. 4 credits set aside." },
      })}
      brief={{ id: "b1", eventTypeName: "Wedding", styleName: "Vintage Film Poster" }}
      equalOrder={{ id: "b0", gapMs: 125_000 }}
      now={NOW}
      generations={[
        sampleGeneration("queued", "3:4", "queued"),
        sampleGeneration("processing", "1:1", "generating"),
        sampleGeneration("succeeded", "9:16", "storing", { image: sampleImage(3) }),
        sampleGeneration("failed", "16:9", "generating", {
          error: {
            code: "prompt_refused",
            message: "The provider refused this prompt. Your 1 credit is back.",
            refunded: true,
          },
        }),
      ]}
    />
  ),
  "brief, settled": (
    <BriefPage
      frame={frameFor(VIEWER)}
      brief={{ id: "b1", eventTypeName: "Wedding", styleName: null }}
      equalOrder={null}
      now={NOW}
      generations={[
        sampleGeneration("canceled", "4:5", "queued", {
          error: {
            code: "canceled",
            message: "You canceled this one. Your 1 credit is back.",
            refunded: true,
          },
        }),
      ]}
    />
  ),
  gallery: (
    <GalleryPage
      frame={frameFor(VIEWER)}
      images={Array.from({ length: 14 }, (_, index) => sampleImage(index))}
      total={37}
      filters={{ q: "", eventType: "", style: "", shape: "" }}
      nextCursor="next"
      hasCursor={false}
      catalogue={CATALOGUE}
    />
  ),
  "gallery, filtered": (
    <GalleryPage
      frame={frameFor(VIEWER)}
      images={[sampleImage(1)]}
      total={1}
      filters={{ q: "orchard", eventType: "wedding", style: "", shape: "" }}
      nextCursor={null}
      hasCursor
      catalogue={CATALOGUE}
    />
  ),
  "gallery, empty": (
    <GalleryPage
      frame={frameFor(VIEWER)}
      images={[]}
      total={0}
      filters={{ q: "", eventType: "", style: "", shape: "" }}
      nextCursor={null}
      hasCursor={false}
      catalogue={CATALOGUE}
    />
  ),
  "gallery, nothing matches": (
    <GalleryPage
      frame={frameFor(VIEWER)}
      images={[]}
      total={0}
      filters={{ q: "volcano", eventType: "", style: "", shape: "" }}
      nextCursor={null}
      hasCursor={false}
      catalogue={CATALOGUE}
    />
  ),
  image: (
    <ImagePage
      frame={frameFor(VIEWER)}
      image={sampleImage(0)}
      eventTypeName="Wedding"
      styleName="Vintage Film Poster"
      againPath="/create?from=b1"
    />
  ),
  "image, portrait": (
    <ImagePage
      frame={frameFor(VIEWER)}
      image={sampleImage(7)}
      eventTypeName="Wedding"
      styleName={null}
      againPath={null}
    />
  ),
  "image, somebody else's": (
    <ImagePage
      frame={frameFor(null)}
      image={publicImage()}
      eventTypeName="Wedding"
      styleName={null}
      againPath={null}
    />
  ),
  account: <AccountPage {...accountProps()} />,
  "account, new": (
    <AccountPage
      {...accountProps({
        frame: frameFor({ ...VIEWER, credits: { available: 1, held: 0 } }),
        person: { ...PERSON, name: "", credits: { available: 1, held: 0 } },
        hasPassword: false,
        keys: [],
        connections: [],
        passkeys: [],
        pictures: 0,
        entries: [],
        nextCursor: null,
      })}
    />
  ),
  "account, address refused": (
    <AccountPage
      {...accountProps({
        refused: {
          form: "email",
          errors: { emailCurrent: "This is not your password." },
          values: { email: "ines@example.test" },
        },
      })}
    />
  ),
  "account, key refused": (
    <AccountPage
      {...accountProps({
        refused: {
          form: "key",
          errors: { scopes: "Choose at least one thing that the key may do." },
          values: { keyName: "Backup" },
        },
      })}
    />
  ),
  "account, new key": (
    <NewKeyPage frame={frameFor(VIEWER)} name="Backup <at home>" secret={`evk_${"A1b2".repeat(11)}`} />
  ),
  "erase account": (
    <ErasePage
      frame={frameFor(VIEWER)}
      email={PERSON.email}
      pictures={37}
      waiting={2}
      running={0}
      credits={VIEWER.credits}
      errors={{ confirmation: "This is not your address. Nothing was erased." }}
    />
  ),
  "erase account, pictures in the making": (
    <ErasePage
      frame={frameFor(VIEWER)}
      email={PERSON.email}
      pictures={0}
      waiting={0}
      running={1}
      credits={{ available: 0, held: 1 }}
    />
  ),
  "admin, overview": (
    <AdminHomePage
      frame={ADMIN}
      figures={[
        { name: "Pictures made", value: 1284, note: "in the last 30 days" },
        { name: "In the making", value: 6, note: "now" },
        { name: "Failed", value: 17, note: "in the last 30 days, all given back" },
        { name: "Credits set aside", value: 9, note: "now" },
      ]}
      concerns={[
        {
          severity: "error",
          text: "The provider refuses our key: 3 jobs failed since 17:40.",
          href: "/admin/generations",
        },
        {
          severity: "warning",
          text: "One job was sent with an unknown outcome and waits for review.",
          href: null,
        },
      ]}
    />
  ),
  "admin, all is well": <AdminHomePage frame={ADMIN} figures={[]} concerns={[]} />,
  "admin, people": (
    <AdminUsersPage
      frame={ADMIN}
      people={PEOPLE}
      total={4}
      filters={{ q: "", role: "" }}
      nextCursor="next"
      hasCursor
    />
  ),
  "admin, nobody": (
    <AdminUsersPage
      frame={ADMIN}
      people={[]}
      total={null}
      filters={{ q: "nobody", role: "HERO" }}
      nextCursor={null}
      hasCursor={false}
    />
  ),
  "admin, person": (
    <AdminUserPage
      picture="/admin/users/01m81000000000000000000001/picture?v=0123456789ab"
      frame={frameFor(ADMIN.viewer, {
        notice: { kind: "success", text: "25 credits added. New total: 35." },
      })}
      person={PERSON}
      entries={ENTRIES}
      jobs={JOBS}
      canAddCredits
      canChangeAccount
      idempotencyKey="0b7c1f0e-6f7f-4b43-9a0c-5e6d7f3f9a11"
    />
  ),
  "admin, person, refused": (
    <AdminUserPage
      picture={null}
      frame={ADMIN}
      person={{ ...PERSON, name: "" }}
      entries={[]}
      jobs={[]}
      canAddCredits
      canChangeAccount
      accountDetail="This is the last HERO who can sign in. Make somebody else a HERO first. Nothing was changed."
      values={{ addCredits: "-50", reason: "" }}
      errors={{
        addCredits: "Only 7 credits can be taken away.",
        reason: "Say why, in three letters or more.",
      }}
      detail="Nothing was changed."
      idempotencyKey="0b7c1f0e-6f7f-4b43-9a0c-5e6d7f3f9a11"
    />
  ),
  "admin, person, hands off": (
    <AdminUserPage
      picture={null}
      frame={ADMIN}
      person={PERSON}
      entries={[]}
      jobs={[]}
      canAddCredits={false}
      canChangeAccount={false}
      idempotencyKey="0b7c1f0e-6f7f-4b43-9a0c-5e6d7f3f9a11"
    />
  ),
  "admin, audit log": (
    <AdminAuditPage
      frame={ADMIN}
      records={AUDIT}
      filters={{ actor: "", subject: "", action: "" }}
      nextCursor="17"
      hasCursor={false}
    />
  ),
  "admin, audit log, nothing": (
    <AdminAuditPage
      frame={ADMIN}
      records={[]}
      filters={{ actor: "", subject: "", action: "role.change" }}
      nextCursor={null}
      hasCursor
    />
  ),
  "admin, switches": (
    <AdminFlagsPage
      frame={{ ...ADMIN, alerts: [{ text: "Switched off: Charts.", href: "/admin/flags/charts" }] }}
      flags={[FLAG, CRITICAL_FLAG]}
      findings={[
        {
          severity: "error",
          message: "The switch of charts says “ture”, which means nothing.",
          fix: "Set it to on.",
        },
        { severity: "warning", message: "chart is not a flag. Did you mean charts?", fix: "Take it out." },
      ]}
      plans={[FLAG_PLAN]}
      served={{ rev: "7fd689b22592", source: "last_known_good", readAt: null, ttlSeconds: 1 }}
      person={{
        asked: "ines@example.test",
        country: "DE",
        answer: {
          email: "ines@example.test",
          role: "USER",
          flags: [{ key: "charts", variant: "on", value: "true", reason: "STATIC", source: "switch" }],
        },
      }}
    />
  ),
  "admin, switches, nobody found": (
    <AdminFlagsPage
      frame={ADMIN}
      flags={[CRITICAL_FLAG]}
      findings={[]}
      plans={[]}
      served={{ rev: "7fd689b22592", source: "kv", readAt: "2026-11-22T09:00:00.000Z", ttlSeconds: 30 }}
      person={{ asked: "nobody", country: "", answer: null }}
    />
  ),
  "admin, switch": (
    <AdminFlagPage
      frame={ADMIN}
      flag={FLAG}
      variants={["winter"]}
      plans={[FLAG_PLAN]}
      guard={{ isArmed: true, counts: { onSamples: 100, onErrors: 3, offSamples: 0, offErrors: 0 } }}
      history={FLAG_HISTORY}
      nextCursor="9"
      hasCursor={false}
      isUndoable
    />
  ),
  "admin, critical switch, refused": (
    <AdminFlagPage
      frame={ADMIN}
      flag={CRITICAL_FLAG}
      variants={[]}
      plans={[]}
      guard={null}
      history={FLAG_HISTORY}
      nextCursor={null}
      hasCursor={false}
      isUndoable
      values={{ intent: "change", value: "share", share: "101", note: "no", confirm: "chart" }}
      errors={{ share: "Say a number from 0 to 100.", note: "Say why.", confirm: "Type charts.", value: "x" }}
    />
  ),
  "admin, rules": (
    <FlagRulesPage
      frame={ADMIN}
      text={'{"flags": {}}'}
      defects={[]}
      base="7fd689b22592"
      note="a trial"
      confirm="chart"
      refusals={{ note: "Say why.", confirm: "Type charts, so that it is certainly meant." }}
      check={{
        errors: [{ field: "flags.charts", message: "The definition is not an object." }],
        warnings: [{ field: "flags.extra", message: "It requires chart, which is not a flag." }],
        difference: DIFFERENCE,
        confirm: "charts",
      }}
      history={FLAG_HISTORY}
    />
  ),
  "admin, rules, unchanged": (
    <FlagRulesPage
      frame={ADMIN}
      text={null}
      defects={["What is stored can't be used, so that no rule is in force. It is not a JSON object."]}
      base="7fd689b22592"
      note=""
      confirm=""
      refusals={{}}
      check={{ errors: [], warnings: [], difference: [], confirm: "" }}
      history={[]}
    />
  ),
  "admin, import": (
    <FlagsImportPage
      frame={ADMIN}
      text="{}"
      note=""
      confirm="chart"
      errors={{ text: "This is not an export.", confirm: "Type charts." }}
      plan={{
        switches: [{ key: "charts", from: "auto", to: "off" }],
        rules: DIFFERENCE,
        warnings: [{ field: "flags.extra", message: "It looks wrong." }],
        confirm: "charts",
      }}
    />
  ),
  "admin, import, nothing to do": (
    <FlagsImportPage
      frame={ADMIN}
      text=""
      note=""
      confirm=""
      errors={{}}
      plan={{ switches: [], rules: [], warnings: [], confirm: "" }}
    />
  ),
  "admin, speed": (
    <FlagsSpeedPage
      frame={{ ...ADMIN, measuredPage: "/admin/speed" }}
      days={7}
      isOn={false}
      pages={[
        { page: "/", samples: 120, p75: { LCP: 1_234, CLS: 0.2, INP: 900 } },
        { page: "/gallery", samples: 1, p75: { TTFB: 300, FCP: 1_900 } },
      ]}
    />
  ),
  "admin, no speed yet": <FlagsSpeedPage frame={ADMIN} days={7} isOn pages={[]} />,
  "admin, overview with charts": (
    <AdminHomePage frame={ADMIN} figures={[]} concerns={[]} days={sampleDays(30)} hasCharts />
  ),
  "admin, overview without charts": (
    <AdminHomePage frame={ADMIN} figures={[]} concerns={[]} days={sampleDays(30)} hasCharts={false} />
  ),
  "admin, jobs": (
    <AdminGenerationsPage
      frame={ADMIN}
      jobs={JOBS}
      filters={{ status: "" }}
      nextCursor="next"
      hasCursor={false}
    />
  ),
  "admin, no jobs": (
    <AdminGenerationsPage
      frame={ADMIN}
      jobs={[]}
      filters={{ status: "canceled" }}
      nextCursor={null}
      hasCursor={false}
    />
  ),
};

/** As somebody who isn't the owner gets it: without prompt, seed and tags. */
function publicImage(): Image {
  const {
    prompt: _prompt,
    seed: _seed,
    tags: _tags,
    ...shown
  } = sampleImage(2, {
    visibility: "public",
    can: { edit: false, publish: false, delete: false },
  });
  return shown;
}
