/** One look for every letter: plain text, and HTML that needs no picture, no font and no request to anywhere. */

export interface Letter {
  subject: string;
  heading: string;
  paragraphs: readonly string[];
  /** The one thing to do. */
  action?: { label: string; url: string };
  /** Why this letter came, and what to do when it shouldn't have. */
  reason: string;
}

export interface RenderedLetter {
  subject: string;
  text: string;
  html: string;
}

export function renderLetter(letter: Letter, origin: string): RenderedLetter {
  return {
    subject: letter.subject,
    text: renderText(letter, origin),
    html: renderHtml(letter, origin),
  };
}

function renderText({ heading, paragraphs, action, reason }: Letter, origin: string): string {
  const parts = [heading, ...paragraphs];
  if (action !== undefined) parts.push(`${action.label}:\n${action.url}`);
  parts.push(`--\n${reason}\nEventide, ${origin}`);
  return `${parts.join("\n\n")}\n`;
}

/** Mail programs know little CSS: tables for layout, styles inline, and one rule for those that know dark colours. */
function renderHtml({ subject, heading, paragraphs, action, reason }: Letter, origin: string): string {
  const preview = paragraphs[0] ?? "";
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${DARK_STYLE}</style>
</head>
<body class="paper" style="margin:0;padding:0;background:#fbf6ec;">
<div style="display:none;max-height:0;overflow:hidden;">${escapeHtml(preview)}</div>
<table role="presentation" class="paper" width="100%" cellpadding="0" cellspacing="0" style="background:#fbf6ec;">
<tr><td align="center" style="padding:32px 16px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;">
<tr><td class="ink" style="padding:0 4px 18px;font:400 22px/1.2 Georgia,'Times New Roman',serif;color:#1d1637;">Eventide</td></tr>
<tr><td style="height:5px;line-height:5px;font-size:0;background:#c23f63;background-image:linear-gradient(90deg,#1a1440,#5a2367 35%,#c23f63 62%,#ff5a36 82%,#ffb35c);">&nbsp;</td></tr>
<tr><td class="sheet" style="padding:32px 28px 34px;background:#fffdf8;">
<h1 class="ink" style="margin:0 0 16px;font:400 29px/1.15 Georgia,'Times New Roman',serif;letter-spacing:-0.3px;color:#1d1637;">${escapeHtml(heading)}</h1>
${paragraphs.map(renderParagraph).join("\n")}
${action === undefined ? "" : renderAction(action)}
</td></tr>
<tr><td class="soft" style="padding:20px 4px 0;font:400 13px/1.55 ${SANS};color:#574e6f;">${escapeHtml(reason)}<br>Eventide, <a class="soft" href="${escapeHtml(origin)}" style="color:#574e6f;">${escapeHtml(origin.replace(/^https?:\/\//, ""))}</a></td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

const SANS = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

const DARK_STYLE = `
@media (prefers-color-scheme: dark) {
.paper { background: #15101f !important; }
.sheet { background: #1e172c !important; }
.ink { color: #f7efe2 !important; }
.soft { color: #b9adc9 !important; }
}
`;

function renderParagraph(text: string): string {
  return `<p class="ink" style="margin:0 0 14px;font:400 16px/1.55 ${SANS};color:#1d1637;">${escapeHtml(text)}</p>`;
}

/** The address in full as well: some programs break buttons, and some people want to see where a link leads. */
function renderAction({ label, url }: { label: string; url: string }): string {
  return `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:24px 0 22px;"><tr>
<td style="border-radius:10px;background:#ff5a36;"><a href="${escapeHtml(url)}" style="display:inline-block;padding:14px 26px;font:600 16px/1.2 ${SANS};color:#1d1130;text-decoration:none;">${escapeHtml(label)}</a></td>
</tr></table>
<p class="soft" style="margin:0;font:400 13px/1.5 ${SANS};color:#574e6f;">If the button doesn't work, open this address:<br><a class="soft" href="${escapeHtml(url)}" style="color:#574e6f;word-break:break-all;">${escapeHtml(url)}</a></p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
