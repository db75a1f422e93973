import { describe, expect, it } from "vitest";
import { renderLetter } from "../../src/mail/letter.ts";

const LETTER = {
  subject: "Your link",
  heading: "Here it is",
  paragraphs: ["First <b>& foremost</b>.", "Second."],
  action: { label: "Open it", url: "https://eventide.example/auth/confirm?email=a%40b.co&token=x" },
  reason: 'Somebody said "hello".',
};

describe("renderLetter", () => {
  it("writes plain text with everything in it and the link on a line of its own", () => {
    const { text } = renderLetter(LETTER, "https://eventide.example");
    expect(text.split("\n")).toEqual([
      "Here it is",
      "",
      "First <b>& foremost</b>.",
      "",
      "Second.",
      "",
      "Open it:",
      LETTER.action.url,
      "",
      "--",
      'Somebody said "hello".',
      "Eventide, https://eventide.example",
      "",
    ]);
  });

  it("writes HTML in which no text is markup, and the same link", () => {
    const { html } = renderLetter(LETTER, "https://eventide.example");
    expect(html).toContain("First &lt;b&gt;&amp; foremost&lt;/b&gt;.");
    expect(html).toContain('href="https://eventide.example/auth/confirm?email=a%40b.co&amp;token=x"');
    expect(html).toContain("&quot;hello&quot;");
  });

  it("asks for nothing from anywhere, and runs nothing", () => {
    const { html } = renderLetter(LETTER, "https://eventide.example");
    expect(html).not.toMatch(/<script|<img|<link|src=|url\(|@import|\son[a-z]+=/i);
  });

  it("leaves the button out where there is nothing to do", () => {
    const { action: _action, ...notice } = LETTER;
    const { text, html } = renderLetter(notice, "https://eventide.example");
    expect(text).not.toContain("auth/confirm");
    expect(html).not.toContain("If the button");
  });
});
