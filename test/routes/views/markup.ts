/** A page as a flat list of its elements, each with its attributes and what it stands in. For the tests of views. */

export interface Element {
  tag: string;
  attributes: ReadonlyMap<string, string>;
  /** From the outside in. */
  ancestors: readonly Element[];
  text: string;
}

const VOID_TAGS = new Set(["br", "hr", "img", "input", "link", "meta"]);

/** Renders a view the way a response does. */
export async function render(view: unknown): Promise<string> {
  return String(await view);
}

export async function readElements(html: string): Promise<Element[]> {
  const elements: Element[] = [];
  const open: Element[] = [];
  const rewriter = new HTMLRewriter().on("*", {
    element(node) {
      const element: Element = {
        tag: node.tagName,
        attributes: readAttributes(node),
        ancestors: [...open],
        text: "",
      };
      elements.push(element);
      if (VOID_TAGS.has(node.tagName)) return;
      open.push(element);
      node.onEndTag(() => {
        open.splice(open.indexOf(element));
      });
    },
    text(chunk) {
      for (const element of open) element.text += decode(chunk.text);
    },
  });
  await rewriter.transform(new Response(html)).text();
  return elements;
}

function readAttributes(node: { attributes: Iterable<string[]> }): Map<string, string> {
  return new Map(Array.from(node.attributes, ([name = "", value = ""]) => [name, decode(value)]));
}

const CHARACTERS: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

/** The references that a view writes; the rewriter hands them on as they are. */
function decode(markup: string): string {
  return markup.replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (reference) => CHARACTERS[reference] ?? reference);
}

export function attribute(element: Element, name: string): string | undefined {
  return element.attributes.get(name);
}

export function byId(elements: readonly Element[], id: string): Element | undefined {
  return elements.find((element) => attribute(element, "id") === id);
}

/** The form control with this name, and this value where several share the name. */
export function byName(elements: readonly Element[], name: string, value?: string): Element {
  const found = elements.find(
    (element) =>
      attribute(element, "name") === name && (value === undefined || attribute(element, "value") === value),
  );
  if (found === undefined) throw new Error(`The page has no field ${name}.`);
  return found;
}

export function isInside(element: Element, tag: string): boolean {
  return element.ancestors.some((ancestor) => ancestor.tag === tag);
}
