/** Gallery and picture pages: what is offered follows from what the viewer may do. */
import { describe, expect, it } from "vitest";
import { GalleryPage, type GalleryPageProps } from "../../../src/routes/views/gallery.tsx";
import { ImagePage, type ImagePageProps } from "../../../src/routes/views/image.tsx";
import { attribute, byName, type Element, isInside, readElements, render } from "./markup.ts";
import { CATALOGUE, frameFor, sampleImage, VIEWER } from "./samples.tsx";

const NO_FILTERS = { q: "", eventType: "", style: "", shape: "" };

async function renderGallery(over: Partial<GalleryPageProps>): Promise<Element[]> {
  return readElements(
    await render(
      <GalleryPage
        frame={frameFor(VIEWER)}
        images={[sampleImage(0)]}
        total={1}
        filters={NO_FILTERS}
        nextCursor={null}
        hasCursor={false}
        catalogue={CATALOGUE}
        {...over}
      />,
    ),
  );
}

async function renderImage(over: Partial<ImagePageProps>): Promise<Element[]> {
  return readElements(
    await render(
      <ImagePage
        frame={frameFor(VIEWER)}
        image={sampleImage(0)}
        eventTypeName="Wedding"
        styleName={null}
        againPath={null}
        {...over}
      />,
    ),
  );
}

function hasText(elements: readonly Element[], text: string): boolean {
  return elements.some((element) => element.tag === "body" && element.text.includes(text));
}

function hrefs(elements: readonly Element[]): string[] {
  return elements.flatMap((element) => attribute(element, "href") ?? []);
}

describe("the gallery", () => {
  it("says how many there are, in the server's count", async () => {
    expect(hasText(await renderGallery({ total: 1204 }), "1,204 pictures so far.")).toBe(true);
    expect(hasText(await renderGallery({ total: 1 }), "1 picture so far.")).toBe(true);
  });

  it("keeps the filters in the form and while paging", async () => {
    const elements = await renderGallery({
      filters: { q: 'or"chard & co', eventType: "wedding", style: "", shape: "3:4" },
      nextCursor: "abc",
      hasCursor: true,
    });
    expect(attribute(byName(elements, "q"), "value")).toBe('or"chard & co');
    const selected = elements.filter((element) => element.attributes.has("selected"));
    expect(selected.map((element) => attribute(element, "value"))).toEqual(["wedding", "", "3:4"]);
    expect(hrefs(elements)).toContain(
      "/gallery?q=or%22chard+%26+co&eventType=wedding&shape=3%3A4&cursor=abc",
    );
    expect(hrefs(elements)).toContain("/gallery?q=or%22chard+%26+co&eventType=wedding&shape=3%3A4");
  });

  it("has no pages when everything is on one", async () => {
    expect(hasText(await renderGallery({}), "Older")).toBe(false);
  });

  it("leads to the first picture when there is none", async () => {
    const elements = await renderGallery({ images: [], total: 0 });
    expect(hasText(elements, "The walls are still bare")).toBe(true);
    expect(elements.some((element) => attribute(element, "class") === "filters")).toBe(false);
    const main = elements.filter((element) => isInside(element, "main"));
    expect(hrefs(main)).toEqual(["/create"]);
  });

  it("leads back to everything when nothing matches", async () => {
    const elements = await renderGallery({ images: [], total: 0, filters: { ...NO_FILTERS, q: "volcano" } });
    expect(hasText(elements, "Nothing matches")).toBe(true);
    expect(elements.some((element) => attribute(element, "class") === "filters")).toBe(true);
  });

  it("shows a title as text, whatever is in it", async () => {
    const html = await render(
      <GalleryPage
        frame={frameFor(VIEWER)}
        images={[sampleImage(0, { title: "<i>Jazz</i>", alt: '" onerror="x' })]}
        total={1}
        filters={NO_FILTERS}
        nextCursor={null}
        hasCursor={false}
        catalogue={CATALOGUE}
      />,
    );
    expect(html).toContain("&lt;i&gt;Jazz&lt;/i&gt;");
    expect(html).toContain('alt="&quot; onerror=&quot;x"');
  });
});

describe("a picture of one's own", () => {
  it("leads to the form that made it, filled in, where there is one", async () => {
    expect(hrefs(await renderImage({ againPath: "/create?from=b1" }))).toContain("/create?from=b1");
    expect(hasText(await renderImage({}), "Make more like this")).toBe(false);
  });

  it("comes with its download before everything that is known about it", async () => {
    const elements = await renderImage({});
    const place = (test: (element: Element) => boolean) => elements.findIndex(test);
    const download = place((element) => attribute(element, "id") === "download-title");
    expect(download).toBeGreaterThan(place(({ tag }) => tag === "h1"));
    expect(download).toBeLessThan(place(({ tag }) => tag === "dl"));
  });

  it("can be downloaded in three formats, named, published and deleted", async () => {
    const elements = await renderImage({});
    const { id } = sampleImage(0);
    for (const format of ["png", "jpeg", "webp"]) {
      expect(hrefs(elements)).toContain(`/images/${id}/download?format=${format}`);
    }
    expect(elements.filter((element) => attribute(element, "action") === `/images/${id}`)).toHaveLength(3);
    expect(elements.some((element) => attribute(element, "action") === `/images/${id}/delete`)).toBe(true);
    expect(attribute(byName(elements, "tags"), "value")).toBe("orchard, lanterns");
    expect(attribute(byName(elements, "visibility"), "value")).toBe("public");
  });

  it("asks before it is deleted, also without scripts", async () => {
    const elements = await renderImage({});
    const form = elements.find((element) => attribute(element, "action")?.endsWith("/delete"));
    expect(form?.ancestors.some(({ tag }) => tag === "details")).toBe(true);
  });

  it("offers the opposite of what it is", async () => {
    const elements = await renderImage({ image: sampleImage(0, { favourite: true, visibility: "public" }) });
    expect(attribute(byName(elements, "favourite"), "value")).toBe("false");
    expect(attribute(byName(elements, "visibility"), "value")).toBe("private");
  });

  it("keeps a refused title with its error", async () => {
    const elements = await renderImage({
      values: { title: "", tags: "a, b" },
      errors: { title: "A picture needs a title." },
    });
    expect(attribute(byName(elements, "title"), "value")).toBe("");
    expect(attribute(byName(elements, "tags"), "value")).toBe("a, b");
    expect(attribute(byName(elements, "title"), "aria-describedby")).toBe("field-title-error");
  });
});

describe("somebody else's public picture", () => {
  const {
    prompt: _prompt,
    seed: _seed,
    tags: _tags,
    ...shown
  } = sampleImage(0, {
    visibility: "public",
    can: { edit: false, publish: false, delete: false },
  });

  it("shows no prompt and offers no change", async () => {
    const elements = await renderImage({ image: shown });
    const posts = elements.filter((element) => attribute(element, "method") === "post");
    expect(posts.map((form) => attribute(form, "action"))).toEqual(["/signout"]);
    expect(hasText(elements, "The prompt")).toBe(false);
    expect(hasText(elements, "Seed")).toBe(false);
  });

  it("invites someone who isn't signed in", async () => {
    expect(hasText(await renderImage({ image: shown, frame: frameFor(null) }), "Make your own")).toBe(true);
  });

  it("can be taken down by someone who may publish only", async () => {
    const elements = await renderImage({
      image: { ...shown, can: { edit: false, publish: true, delete: false } },
    });
    expect(attribute(byName(elements, "visibility"), "value")).toBe("private");
    expect(elements.some((element) => attribute(element, "name") === "title")).toBe(false);
  });
});
